package socketio

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Handshake is what a client said when it connected.
type Handshake struct {
	// Auth is the JSON object given for this namespace, nil if there was none.
	Auth json.RawMessage
	// Header holds the headers of the connection's first request. To keep
	// idle connections small it is let go when the connection's first
	// OnConnect has returned, if the server has no namespace but "/".
	Header http.Header
	// Query holds the parameters of the connection's first request, without
	// those that the protocol itself uses.
	Query url.Values
	// RemoteAddr is the network address of the first request's sender.
	RemoteAddr string
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

func newConnection(r *http.Request) connection {
	return connection{
		header:     r.Header.Clone(),
		query:      ownParameters(r.URL.RawQuery),
		remoteAddr: r.RemoteAddr,
		time:       time.Now().UnixNano(),
		secure:     r.TLS != nil,
	}
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
		RemoteAddr: c.remoteAddr, Secure: c.secure, Time: time.Unix(0, c.time),
	}
	if auth != "" {
		h.Auth = json.RawMessage(auth)
	}
	return h
}
