package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAClientReconnectsLikeAnOfficialOne(t *testing.T) {
	refused := func(code string) error {
		r := &refusedError{Message: "no"}
		r.Data.Code = code
		return r
	}
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"the connection is lost", io.EOF, true},
		{"the server has closed it", errClosed, true},
		{"the server has disconnected the socket", errDisconnected, false},
		{"there is no session", refused("unauthenticated"), false},
		{"the server is unavailable", fmt.Errorf("connecting: %w", refused("unavailable")), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &Client{}
			if got := c.comesBack(test.err); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
			if faults := c.Faults(); (len(faults) == 0) != test.want {
				t.Errorf("faults: got %q", faults)
			}
		})
	}
}

// heard records what a socket passes to its handler.
type heard struct{ all []string }

func (h *heard) event(name string, argument json.RawMessage) {
	h.all = append(h.all, fmt.Sprintf("event %s %s", name, argument))
}

func (h *heard) answer(ack int, argument json.RawMessage) {
	h.all = append(h.all, fmt.Sprintf("answer %d %s", ack, argument))
}

func TestPacketsReachTheHandler(t *testing.T) {
	tests := []struct {
		packet string
		heard  string
		queued string
		err    string // "" if there is none
	}{
		{packet: "2", queued: "3"},
		{packet: "6"},
		{packet: `40{"sid":"x"}`, heard: "up"},
		{packet: `42["ready",{"a":1}]`, heard: `event ready {"a":1}`},
		{packet: `42["bare"]`, heard: `event bare `},
		{packet: `4312[{"ok":true}]`, heard: `answer 12 {"ok":true}`},
		{packet: "1", err: errClosed.Error()},
		{packet: "41", err: errDisconnected.Error()},
		{packet: `44{"message":"no","data":{"code":"unauthenticated"}}`, err: "refused: unauthenticated: no"},
		{packet: "42{}", err: "malformed event: 42{}"},
		{packet: "43[]", err: "malformed acknowledgement: 43[]"},
	}
	for _, test := range tests {
		t.Run(test.packet, func(t *testing.T) {
			s, h := &socket{wake: make(chan struct{}, 1)}, &heard{}
			err := s.take(test.packet, h, func(*socket) { h.all = append(h.all, "up") })
			if err == nil {
				err = errors.New("")
			}
			if err.Error() != test.err {
				t.Errorf("error: got %q, want %q", err, test.err)
			}
			var want, queued []string
			if test.heard != "" {
				want = []string{test.heard}
			}
			if test.queued != "" {
				queued = []string{test.queued}
			}
			if diff := cmp.Diff(want, h.all); diff != "" {
				t.Errorf("heard, -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(queued, s.queue); diff != "" {
				t.Errorf("queued, -want +got:\n%s", diff)
			}
		})
	}
}
