package redis

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/redis/rueidis"
)

// parseURL returns the options of the Redis client, and the address of Redis
// without the password.
func parseURL(text string) (option rueidis.ClientOption, where string, err error) {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" && parsed.Scheme != "unix" {
		// The text may contain a password, and so may the error.
		return option, "", errors.New("the address of Redis is not a URL such as redis://user:password@host:6379")
	}
	where = parsed.Host + parsed.Path
	if option, err = rueidis.ParseURL(text); err != nil {
		return option, where, fmt.Errorf("the address of Redis is not a URL such as redis://user:password@host:6379: %w", err)
	}
	option.Dialer.Timeout, option.Dialer.KeepAlive = connectTimeout, keepAlive
	option.ConnWriteTimeout = answerTimeout
	option.ReadBufferEachConn, option.WriteBufferEachConn = bufferSize, bufferSize
	option.ClientName = "partychat"
	option.PipelineMultiplex = -1 // one connection for requests
	option.AlwaysRESP2 = false
	option.DisableCache = true
	option.DisableRetry = true // the caller decides how long to wait
	return option, where, nil
}

// connectError explains the error to the operator.
func connectError(where string, err error) error {
	text := err.Error()
	var network net.Error
	switch {
	case strings.Contains(text, "WRONGPASS"), strings.Contains(text, "invalid password"):
		return fmt.Errorf("the Redis at %s refuses the user name or password in its URL: %w", where, err)
	case strings.Contains(text, "NOAUTH"):
		return fmt.Errorf("the Redis at %s requires a password; give it as redis://user:password@host:port: %w", where, err)
	case strings.Contains(text, "NOPERM"):
		return fmt.Errorf("the user of the Redis at %s lacks rights: it needs the keys partychat:*, the channels partychat*, and scripts: %w", where, err)
	case strings.Contains(strings.ToLower(text), "unknown command"), errors.Is(err, rueidis.ErrNoCache):
		return fmt.Errorf("the Redis at %s is too old: it has no sharded publish/subscribe; use Redis 7 or Valkey: %w", where, err)
	case strings.Contains(text, "DB index"):
		return fmt.Errorf("the Redis at %s has no database with that number: %w", where, err)
	case isCertificate(err):
		return fmt.Errorf("the certificate of the Redis at %s is not trusted: %w", where, err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network):
		return fmt.Errorf("cannot reach the Redis at %s; is it running, and is the address correct? %w", where, err)
	default:
		return fmt.Errorf("cannot use the Redis at %s: %w", where, err)
	}
}

func isCertificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	return errors.As(err, &authority) || errors.As(err, &invalid) || errors.As(err, &host)
}
