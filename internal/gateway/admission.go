package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"partychat/internal/chat"
	"partychat/socketio"
)

// admit is the middleware: it finds out whose socket this is. One that
// announces nothing is let in as nobody's; commands.go answers what it asks for.
func (g *Gateway) admit(ctx context.Context, s *socketio.Socket) error {
	handshake := s.Handshake()
	auth, err := parseAuth(announced(s, handshake))
	if err != nil {
		return refusal(err)
	}
	if auth.Protocol == nil && auth.Token == "" {
		return nil
	}
	identity, err := g.opts.Auth.Authenticate(ctx, handshake.Header, auth.Token)
	if err != nil {
		g.logFault("authenticating a socket", err)
		return refusal(err)
	}
	s.SetData(newPeer(s, identity, g.opts.Limits))
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

// parseAuth reads what the client announces in its handshake. Its numbers may be
// strings: the auth of the Java client is a map of strings.
func parseAuth(raw json.RawMessage) (Auth, error) {
	if len(raw) == 0 {
		return Auth{}, nil
	}
	var given struct {
		Auth
		Protocol json.RawMessage `json:"protocol"`
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return Auth{}, badArgument(err)
	}
	if len(given.Protocol) == 0 {
		return given.Auth, nil
	}
	var protocol *json.Number // takes a number in a string, too
	if err := json.Unmarshal(given.Protocol, &protocol); err != nil {
		return Auth{}, chat.ErrorIn("protocol", chat.CodeInvalid, "The protocol must be a number, or a number in a string.")
	}
	if protocol == nil {
		return given.Auth, nil
	}
	if n, err := strconv.Atoi(protocol.String()); err != nil || n != Protocol {
		return Auth{}, chat.ErrorIn("protocol", chat.CodeInvalid, "This server speaks protocol %d.", Protocol)
	}
	given.Auth.Protocol = new(Protocol)
	return given.Auth, nil
}

// refusal turns an error into what the client gets as its connect_error.
func refusal(err error) error {
	info := chat.InfoOf(err)
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
