package main

import (
	"net/http"

	"partychat/engineio"
)

// echo sends every message back unchanged.
type echo struct{ session *engineio.Session }

func newEcho(opts engineio.Options) *engineio.Server {
	return engineio.NewServer(opts, func(s *engineio.Session, _ *http.Request) engineio.Receiver {
		return echo{s}
	})
}

func (e echo) OnMessage(data []byte, binary bool) {
	m := engineio.NewText
	if binary {
		m = engineio.NewBinary
	}
	_ = e.session.Send(m(data)) // fails only if the session has closed meanwhile
}

func (e echo) OnClose(engineio.CloseReason) {}
