package gateway

import (
	"context"
	"encoding/json"
	"errors"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/socketio"
)

// admit is the middleware: it finds out whose socket this is. One that
// announces nothing is let in as nobody's; commands.go answers what it asks for.
func (g *Gateway) admit(ctx context.Context, s *socketio.Socket) error {
	handshake := s.Handshake()
	auth, err := wire.ParseAuth(announced(s, handshake))
	if err != nil {
		return refusal(err)
	}
	if auth.Protocol == 0 && auth.Token == "" {
		return nil
	}
	identity, err := g.opts.Auth.Authenticate(ctx, handshake.Header, auth.Token)
	if err != nil {
		g.logFault("authenticating a socket", err)
		return refusal(err)
	}
	known, err := auth.Known()
	if err != nil {
		return refusal(err)
	}
	p := newPeer(s, identity, g.opts.Limits)
	p.protocol, p.known = max(auth.Protocol, wire.OldestProtocol), known
	s.SetData(p)
	return nil
}

// announced gives what the client announces. The C++ client has no auth up to version
// 3.1: it says in its query which protocol it speaks, and gives its token in a header.
// Socket.IO 2.x clients have none either, and can give both in their query.
func announced(s *socketio.Socket, h socketio.Handshake) json.RawMessage {
	names := []string{"protocol"}
	if s.Session().Protocol() == 3 {
		names = append(names, "token")
	}
	given := make(map[string]string)
	for _, name := range names {
		if h.Query.Has(name) {
			given[name] = h.Query.Get(name)
		}
	}
	if h.Auth != nil || len(given) == 0 {
		return h.Auth
	}
	raw, _ := json.Marshal(given) // strings always encode
	return raw
}

// refusal turns an error into what the client gets as its connect_error.
func refusal(err error) error {
	info := wire.ErrorOf(err)
	return &socketio.ConnectError{Message: info.Message, Data: info}
}

// logFault logs an error that is the server's, at the one place that decides.
func (g *Gateway) logFault(what string, err error) {
	switch e := chat.ErrorFrom(err); {
	case errors.Is(err, context.Canceled):
	case e.Code == chat.CodeInternal:
		g.opts.Log.Error(what+" failed", "error", err)
	case e.Code == chat.CodeUnavailable:
		g.opts.Log.Warn(what+" failed temporarily", "error", err)
	}
}
