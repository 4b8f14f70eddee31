package redis_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partychat/internal/broker/redis"
	"partychat/internal/realserver"
)

// selfSigned writes a self-signed certificate and its key.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "key.pem")
	for path, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: signed}, key: {Type: "PRIVATE KEY", Bytes: encoded},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

func TestCertificateCheckIsSkippedOnlyIfTheURLSaysSo(t *testing.T) {
	certificate, key := selfSigned(t)
	port, err := realserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	realserver.RedisServer(t, realserver.RedisOptions{Args: []string{
		"--tls-port", strconv.Itoa(port), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no",
	}})
	before := goleak.IgnoreCurrent()
	url := "rediss://127.0.0.1:" + strconv.Itoa(port)
	for _, test := range []struct{ name, url, want string }{
		{"unless told otherwise it is checked", url, "is not trusted"},
		{"also when told so", url + "?skip_verify=false", "is not trusted"},
		{"it is not when the URL says so", url + "?skip_verify=true", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, err := redis.Connect(t.Context(), redis.Options{URL: test.url})
			if err != nil {
				if test.want == "" || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("Connect: got %q, want %q", err, test.want)
				}
				return
			}
			defer client.Close()
			if test.want != "" {
				t.Fatalf("Connect: got no error, want %q", test.want)
			}
			if err := client.Ping(t.Context()); err != nil {
				t.Errorf("Ping: %v", err)
			}
		})
	}
	// The Redis client sleeps for up to a second after Close.
	eventually(t, "all clients have gone", func() bool { return goleak.Find(before) == nil })
}
