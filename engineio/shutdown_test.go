package engineio

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestShutdownDropsEverySessionAndRefusesNewOnes(t *testing.T) {
	h := newHost(t, Options{})
	sid, polling := h.open()
	answer := h.pollLater(sid)
	c, socket := h.openSocket()
	ended := make(chan ws.StatusCode, 1)
	go func() {
		code := c.closeCode()
		c.Close()
		ended <- code
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if got := receive(t, ended); got != 0 {
		t.Errorf("close code: got %d, want none: Java's client stops to read at a close frame", got)
	}
	if got := receive(t, answer); got.status != 503 {
		t.Errorf("poll: got %d %q, want 503: Python's client does not come back from a close packet", got.status, got.body)
	}
	wantReason(t, polling, ReasonServerShutdown)
	wantReason(t, socket, ReasonServerShutdown)
	if status, _ := h.poll(""); status != 503 {
		t.Errorf("a new session: got %d, want 503", status)
	}
	if resp, err := h.http.Post(h.url(sid), "text/plain", strings.NewReader("4late")); err == nil {
		resp.Body.Close()
		t.Errorf("a late post: got %d, want a lost connection: a refusal is what Python's client stays away from", resp.StatusCode)
	}
}

func TestShutdownSendsWhatIsQueuedFirst(t *testing.T) {
	h := newHost(t, Options{})
	sid, polling := h.open()
	answer := h.pollLater(sid)
	idle, between := h.open()
	c, socket := h.openSocket()
	for _, r := range []*recorder{polling, between, socket} {
		if err := r.session.Send(NewText([]byte("last"))); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- h.Shutdown(context.Background()) }()
	wantText(t, receive(t, answer).body, "4last")
	wantReason(t, between, ReasonServerShutdown)
	if status, body := h.poll(idle); status != 200 || body != "4last" {
		t.Errorf("got %d %q, want 200 and the last message", status, body)
	}
	for _, sid := range []string{sid, idle} {
		if status, _ := h.poll(sid); status != 400 {
			t.Errorf("the next poll: got %d, want 400", status)
		}
	}
	wantText(t, c.read(), "4last")
	if got := c.closeCode(); got != 0 {
		t.Errorf("close code: got %d, want none", got)
	}
	c.Close()
	if err := receive(t, done); err != nil {
		t.Error(err)
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

func TestShutdownDoesNotWaitForAPollWithNothingToSend(t *testing.T) {
	h := newHost(t, Options{FarewellTimeout: time.Hour})
	h.deadlines.after[lingerDue] = time.Hour
	sid, r := h.open()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	wantReason(t, r, ReasonServerShutdown)
	if status, _ := h.poll(sid); status != 400 {
		t.Errorf("got %d, want 400", status)
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

func TestShutdownCutsClientsThatDoNotCloseInTime(t *testing.T) {
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
	if code := c.closeCode(); code != 0 {
		t.Errorf("close code: got %d, want none", code)
	}
}

func TestDroppedSessionLooksLost(t *testing.T) {
	t.Run("during an upgrade", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		c := h.dial(sid)
		c.send("2probe")
		wantText(t, c.read(), "3probe")
		if err := r.session.Send(NewText([]byte("last"))); err != nil {
			t.Fatal(err)
		}
		r.session.Drop(ReasonForcedClose)
		wantReason(t, r, ReasonForcedClose)
		c.send("5")
		wantText(t, c.read(), "4last")
		if got := c.closeCode(); got != 0 {
			t.Errorf("close code: got %d, want none", got)
		}
		c.Close()
		h.waitFor("the session to be forgotten", func() bool { return h.Count() == 0 })
	})
	t.Run("during an upgrade, with nothing to send", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		c := h.dial(sid)
		c.send("2probe")
		wantText(t, c.read(), "3probe")
		r.session.Drop(ReasonForcedClose)
		c.send("5")
		if got := c.closeCode(); got != 0 {
			t.Errorf("close code: got %d, want none", got)
		}
	})
	t.Run("while it gathers", func(t *testing.T) {
		h := newHost(t, Options{})
		c, r := h.openSocket()
		r.session.Gather(func() { r.session.Drop(ReasonForcedClose) })
		if got := c.closeCode(); got != 0 {
			t.Errorf("close code: got %d, want none", got)
		}
	})
	t.Run("after a heartbeat that was not answered", func(t *testing.T) {
		h := newHost(t, Options{PingInterval: 20 * time.Millisecond, PingTimeout: 20 * time.Millisecond})
		sid, r := h.open()
		for {
			status, _ := h.poll(sid)
			if status == 400 {
				break
			}
		}
		wantReason(t, r, ReasonPingTimeout)
	})
}
