package socketio

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Handshake is what a client sent when it connected.
type Handshake struct {
	// Auth is the JSON object for this namespace, or nil if there was none or it has been freed
	// (Options.ForgetAuth).
	Auth json.RawMessage
	// Header holds the headers of the connection's first request, limited to those in Options.Headers.
	// To keep idle connections small it is freed when the client first sends something after joining,
	// if "/" is the server's only namespace.
	Header http.Header
	// Query holds the parameters of the connection's first request, without those of the protocol
	// itself.
	Query url.Values
	// RemoteAddr is the network address of the first request's sender.
	RemoteAddr string
	// Address is the client's address as determined by Options.Engine.ClientAddress.
	Address netip.Addr
	// Secure reports whether the first request came over TLS.
	Secure bool
	// Time is when the connection was opened.
	Time time.Time
}

// DecodeAuth decodes Auth into what v points to, like encoding/json. Without auth it does nothing.
func (h Handshake) DecodeAuth(v any) error {
	if h.Auth == nil {
		return nil
	}
	return json.Unmarshal(h.Auth, v)
}

// connection is the part of the handshake that all sockets of a client share.
type connection struct {
	header     http.Header
	query      string
	remoteAddr string
	time       int64 // in Unix nanoseconds
	secure     bool
}

// newConnection copies what the application may read. It fails if that is more than the server keeps
// for a client that has not been admitted.
func newConnection(r *http.Request, opts *Options) (c connection, ok bool) {
	c = connection{remoteAddr: r.RemoteAddr, time: time.Now().UnixNano(), secure: r.TLS != nil}
	header, query := keptHeaders(r.Header, opts.Headers), ownParameters(r.URL.RawQuery)
	size := int64(len(query))
	for name, values := range header {
		for _, value := range values {
			size += int64(len(name) + len(value))
		}
	}
	if size > opts.MaxHandshake {
		return c, false
	}
	c.header, c.query = header, query
	return c, true
}

// keptHeaders copies the named headers, or all if no names are given.
func keptHeaders(header http.Header, names []string) http.Header {
	if names == nil {
		return header.Clone()
	}
	var kept http.Header
	for _, name := range names {
		if values := header.Values(name); len(values) > 0 {
			if kept == nil {
				kept = make(http.Header, 1)
			}
			kept[http.CanonicalHeaderKey(name)] = slices.Clone(values)
		}
	}
	return kept
}

// protocolParameters are those of the Engine.IO protocol.
var protocolParameters = []string{"EIO", "transport", "sid", "t", "b64"}

// ownParameters returns the application's part of a query. It is a copy, so that the request line is
// not kept in memory.
func ownParameters(query string) string {
	var own []string
	for parameter := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(parameter, "="); !slices.Contains(protocolParameters, name) {
			own = append(own, parameter)
		}
	}
	return strings.Clone(strings.Join(own, "&"))
}

// describe returns the handshake as one socket sees it.
func (c *client) describe(auth string) Handshake {
	c.mu.Lock()
	header := c.header
	c.mu.Unlock()
	// Ignore malformed parts of the query, like net/http.
	query, _ := url.ParseQuery(c.query)
	h := Handshake{
		Header: header, Query: query,
		RemoteAddr: c.remoteAddr, Address: c.session.Address(), Secure: c.secure, Time: time.Unix(0, c.time),
	}
	if auth != "" {
		h.Auth = json.RawMessage(auth)
	}
	return h
}
