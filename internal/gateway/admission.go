package gateway

import (
	"context"
	"encoding/json"
	"errors"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/socketio"
)

// admit is the middleware that authenticates a socket. It also admits sockets without
// a protocol and a token, for other events; their commands are refused (command.go).
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
	p := newConn(s, identity, g.opts.Limits)
	p.protocol, p.known = max(auth.Protocol, wire.OldestProtocol), known
	s.SetData(p)
	return nil
}

// announced returns the auth of the handshake. The C++ client has none up to version
// 3.1: its query has the protocol, and a header the token. Socket.IO 2.x clients have
// none either; their query may have both.
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

// refusal returns the connect_error for an error.
func refusal(err error) error {
	info := wire.ErrorOf(err)
	return &socketio.ConnectError{Message: info.Message, Data: info}
}

// logFault logs errors that are the server's fault.
func (g *Gateway) logFault(what string, err error) {
	switch e := chat.ErrorFrom(err); {
	case errors.Is(err, context.Canceled):
	case e.Code == chat.CodeInternal:
		g.opts.Log.Error(what+" failed", "error", err)
	case e.Code == chat.CodeUnavailable:
		g.opts.Log.Warn(what+" failed temporarily", "error", err)
	}
}
