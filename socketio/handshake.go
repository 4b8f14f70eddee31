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

// Handshake is what a client said when it connected.
type Handshake struct {
	// Auth is the JSON object given for this namespace, nil if there was none, or if
	// it has been let go (Options.ForgetAuth).
	Auth json.RawMessage
	// Header holds the headers of the connection's first request, of those that
	// Options.Headers names. To keep
	// idle connections small it is let go when the client has sent something
	// after it has joined, if the server has no namespace but "/".
	Header http.Header
	// Query holds the parameters of the connection's first request, without
	// those that the protocol itself uses.
	Query url.Values
	// RemoteAddr is the network address of the first request's sender.
	RemoteAddr string
	// Address is where the client is, as Options.Engine.ClientAddress tells.
	Address netip.Addr
	// Secure says whether the first request came over TLS.
	Secure bool
	// Time is when the connection was made.
	Time time.Time
}

// DecodeAuth decodes Auth into what v points to, as by encoding/json; without
// any it changes nothing.
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

// newConnection keeps what the application may want to know. It fails if that is
// more than the server keeps for a client that it does not know yet.
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

// keptHeaders copies those headers that are named, or all if none is.
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

// ownParameters gives the part of a query that is the application's. It is a
// copy, for the whole would keep the request's first line in memory.
func ownParameters(query string) string {
	var own []string
	for parameter := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(parameter, "="); !slices.Contains(protocolParameters, name) {
			own = append(own, parameter)
		}
	}
	return strings.Clone(strings.Join(own, "&"))
}

// describe gives one socket's view of the handshake.
func (c *client) describe(auth string) Handshake {
	c.mu.Lock()
	header := c.header
	c.mu.Unlock()
	// A malformed part of the query is left out, as net/http does.
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
