package engineio

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestShutdownClosesEverySessionAndRefusesNewOnes(t *testing.T) {
	h := newHost(t, Options{})
	sid, polling := h.open()
	answer := h.pollLater(sid)
	c, socket := h.openSocket()
	closed := make(chan ws.StatusCode, 1)
	go func() {
		code := c.closeCode()
		c.frame(ws.NewCloseFrame(nil))
		c.Close()
		closed <- code
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if got := receive(t, closed); got != ws.StatusGoingAway {
		t.Errorf("close code: got %d, want 1001", got)
	}
	wantText(t, receive(t, answer).body, "1")
	wantReason(t, polling, ReasonServerShutdown)
	wantReason(t, socket, ReasonServerShutdown)
	if status, _ := h.poll(""); status != 503 {
		t.Errorf("a new session: got %d, want 503", status)
	}
}

func TestShutdownCutsConnectionsThatDoNotAnswerInTime(t *testing.T) {
	h := newHost(t, Options{})
	h.openSocket()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestShutdownTellsAPollingClientThatIsBetweenTwoPolls(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	done := make(chan error, 1)
	go func() { done <- h.Shutdown(context.Background()) }()
	wantReason(t, r, ReasonServerShutdown)
	if _, body := h.poll(sid); body != "1" {
		t.Errorf("got %q, want a close packet", body)
	}
	if err := receive(t, done); err != nil {
		t.Error(err)
	}
}

func TestShutdownDoesNotWaitForClientsThatHaveClosed(t *testing.T) {
	h := newHost(t, Options{})
	h.deadlines.after[lingerDue] = time.Hour
	sid, r := h.open()
	h.post(sid, "1")
	wantReason(t, r, ReasonTransportClose)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func TestShutdownCutsClientsThatDoNotTakeTheirLeaveInTime(t *testing.T) {
	h := newHost(t, Options{FarewellTimeout: time.Millisecond})
	h.deadlines.after[lingerDue], h.deadlines.after[closeDue] = time.Hour, time.Hour
	_, polling := h.open()
	c, socket := h.openSocket()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: got %v, want no error", err)
	}
	wantReason(t, polling, ReasonServerShutdown)
	wantReason(t, socket, ReasonServerShutdown)
	if code := c.closeCode(); code != ws.StatusGoingAway && code != 0 {
		t.Errorf("close code: got %d, want 1001 or a cut connection", code)
	}
}
