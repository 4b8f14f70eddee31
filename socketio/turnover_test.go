package socketio

import (
	"context"
	"testing"
)

func TestTurnoverCountsJoinedRefusedAndLeftSockets(t *testing.T) {
	h := newHost(t, Options{})
	h.Of("/").Use(func(_ context.Context, s *Socket) error {
		if s.auth != "" {
			return &ConnectError{Message: "no"}
		}
		return nil
	})
	p, _ := h.join("/")
	waitFor(t, "one that has come", func() bool { return h.Turnover() == 1 })
	q := h.dial()
	q.send("0{}")
	q.want(`4{"message":"no"}`)
	waitFor(t, "one that was refused", func() bool { return h.Turnover() == 2 })
	p.Close()
	waitFor(t, "one that has gone", func() bool { return h.Turnover() == 3 })
}
