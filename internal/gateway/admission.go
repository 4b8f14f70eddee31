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
	if auth.protocol == 0 && auth.token == "" {
		return nil
	}
	identity, err := g.opts.Auth.Authenticate(ctx, handshake.Header, auth.token)
	if err != nil {
		g.logFault("authenticating a socket", err)
		return refusal(err)
	}
	known, err := parseKnown(auth)
	if err != nil {
		return refusal(err)
	}
	p := newPeer(s, identity, g.opts.Limits)
	p.protocol, p.known = max(auth.protocol, oldestProtocol), known
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

// announcement is what a client says of itself when it connects.
type announcement struct {
	protocol int // 0: none
	token    string
	known    json.RawMessage // a Known, read once the client is known
}

// parseAuth reads what the client announces in its handshake. Its numbers and
// objects may be strings: the auth of the Java client is a map of strings.
func parseAuth(raw json.RawMessage) (announcement, error) {
	if len(raw) == 0 {
		return announcement{}, nil
	}
	var given struct {
		Protocol json.RawMessage `json:"protocol"`
		Token    string          `json:"token"`
		Known    json.RawMessage `json:"known"`
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return announcement{}, badArgument(err)
	}
	a := announcement{token: given.Token, known: given.Known}
	if len(given.Protocol) == 0 {
		return a, nil
	}
	var protocol *json.Number // takes a number in a string, too
	if err := json.Unmarshal(given.Protocol, &protocol); err != nil {
		return announcement{}, chat.ErrorIn("protocol", chat.CodeInvalid, "The protocol must be a number, or a number in a string.")
	}
	if protocol == nil {
		return a, nil
	}
	n, err := strconv.Atoi(protocol.String())
	if err != nil || n < oldestProtocol || n > Protocol {
		return announcement{}, chat.ErrorIn("protocol", chat.CodeInvalid, "This server speaks the protocols %d to %d.", oldestProtocol, Protocol)
	}
	a.protocol = n
	return a, nil
}

// parseKnown reads what a client of protocol 2 knows; nil if it says nothing.
func parseKnown(a announcement) (*Known, error) {
	raw := a.known
	if a.protocol < 2 || len(raw) == 0 {
		return nil, nil //nolint:nilnil // to know nothing is no error
	}
	var inString string
	if raw[0] == '"' && json.Unmarshal(raw, &inString) == nil {
		raw = json.RawMessage(inString)
	}
	var known *Known
	if err := json.Unmarshal(raw, &known); err != nil {
		return nil, chat.ErrorIn("known", chat.CodeInvalid, "known must be an object with rev and rooms.")
	}
	return known, nil
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
