package gateway

import (
	"context"
	"encoding/json"
	"errors"

	"partychat/internal/chat"
	"partychat/socketio"
)

// admit is the middleware: it finds out whose socket this is. One that
// announces nothing is let in as nobody's; commands.go answers what it asks for.
func (g *Gateway) admit(ctx context.Context, s *socketio.Socket) error {
	handshake := s.Handshake()
	auth, err := parseAuth(handshake.Auth)
	if err != nil {
		return refusal(err)
	}
	if auth.Protocol == nil && auth.Token == "" {
		return nil
	}
	identity, err := g.opts.Auth.Authenticate(ctx, handshake.Header, auth.Token)
	if err != nil {
		g.logFault("authentication of a socket", err)
		return refusal(err)
	}
	s.SetData(newPeer(s, identity, g.opts.Limits))
	return nil
}

// parseAuth reads what the client announces in its handshake.
func parseAuth(raw json.RawMessage) (Auth, error) {
	var auth Auth
	if len(raw) == 0 {
		return auth, nil
	}
	if err := json.Unmarshal(raw, &auth); err != nil {
		return Auth{}, badArgument(err)
	}
	if auth.Protocol != nil && *auth.Protocol != Protocol {
		return Auth{}, chat.ErrorIn("protocol", chat.CodeInvalid, "This server speaks protocol %d.", Protocol)
	}
	return auth, nil
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
		g.opts.Log.Warn(what+" failed for now", "error", err)
	}
}
