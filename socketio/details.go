package socketio

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// SocketDetails describes a socket of any process. Its JSON form is the one that the official server's
// adapters exchange.
type SocketDetails struct {
	ID        string           `json:"id"`
	Handshake HandshakeDetails `json:"handshake"`
	Rooms     []string         `json:"rooms"` // its own id first, as with the official server
	Data      json.RawMessage  `json:"data"`  // Socket.Data; null if that cannot be encoded
}

// HandshakeDetails is a [Handshake] in the official server's format.
type HandshakeDetails struct {
	Headers map[string]string `json:"headers"` // names in lower case
	Time    string            `json:"time"`
	Address string            `json:"address"`
	XDomain bool              `json:"xdomain"` // the request came from a browser's page
	Secure  bool              `json:"secure"`
	Issued  int64             `json:"issued"` // in milliseconds since 1970
	URL     string            `json:"url"`    // without the protocol's own parameters
	Query   map[string]string `json:"query"`
	Auth    json.RawMessage   `json:"auth,omitempty"` // {} if the client has sent none; nil where it is not to be shown
}

// details describes the socket to other processes.
func (s *Socket) details() SocketDetails {
	data, err := json.Marshal(s.Data())
	if err != nil {
		s.ns.server.opts.Logger.Debug("socketio: cannot encode socket data", "namespace", s.ns.name, "error", err)
		data = json.RawMessage("null")
	}
	return SocketDetails{
		ID: s.id, Handshake: s.Handshake().details(s.ns.server.opts.Engine.Path),
		Rooms: append([]string{s.id}, s.Rooms()...), Data: data,
	}
}

func (h Handshake) details(path string) HandshakeDetails {
	d := HandshakeDetails{
		Headers: make(map[string]string, len(h.Header)), Query: make(map[string]string, len(h.Query)),
		Time: h.Time.UTC().Format(time.RFC1123), Issued: h.Time.UnixMilli(),
		Address: h.RemoteAddr, Secure: h.Secure, Auth: h.Auth,
		XDomain: h.Header.Get("Origin") != "",
		URL:     (&url.URL{Path: path, RawQuery: h.Query.Encode()}).String(),
	}
	if len(d.Auth) == 0 {
		d.Auth = json.RawMessage("{}")
	}
	if h.Address.IsValid() {
		d.Address = h.Address.String()
	}
	for name, values := range h.Header {
		d.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	for name, values := range h.Query {
		d.Query[name] = strings.Join(values, ",")
	}
	return d
}

// RemoteSocket is a socket of any process, in its state at the time of fetching.
type RemoteSocket struct {
	SocketDetails
	ns *Namespace
}

// DecodeData decodes the socket's data into what v points to, like encoding/json.
func (r RemoteSocket) DecodeData(v any) error { return json.Unmarshal(r.Data, v) }

// In reports whether the socket was in a room.
func (r RemoteSocket) In(room string) bool { return slices.Contains(r.Rooms, room) }

// Select selects the socket, in whatever process it is, in order to send to, move or disconnect it.
func (r RemoteSocket) Select() Broadcast { return r.ns.To(r.ID) }

// FetchSockets describes the selected sockets of all processes. If some processes do not answer, it
// returns the known sockets and an error. If the context has no deadline, Options.AckTimeout applies.
func (b Broadcast) FetchSockets(ctx context.Context) ([]RemoteSocket, error) {
	ctx, cancel := b.ns.server.ackContext(ctx, b.timeout)
	defer cancel()
	var all []RemoteSocket
	var failed error
	b.ns.each(func(ns *Namespace) {
		found := ns.Node().Sockets(b.sel)
		if remote, ok := ns.adapter.(RemoteSockets); ok && !b.sel.Local {
			others, err := remote.FetchSockets(ctx, b.sel)
			if err != nil {
				failed = err
			}
			found = append(found, others...)
		}
		for _, details := range found {
			all = append(all, RemoteSocket{details, ns})
		}
	})
	return all, failed
}

// remotely calls the adapters that reach other processes, unless the selection is local. It logs
// failures: as in the official server, nobody waits for the other processes.
func (b Broadcast) remotely(call func(RemoteSockets) error) {
	if b.sel.Local {
		return
	}
	b.ns.each(func(ns *Namespace) {
		if remote, ok := ns.adapter.(RemoteSockets); ok {
			if err := call(remote); err != nil {
				ns.server.opts.Logger.Error("socketio: cannot reach other processes", "namespace", ns.name, "error", err)
			}
		}
	})
}
