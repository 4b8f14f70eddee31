package gateway_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// underWay sends a message that is stored and then held up before it can be
// acknowledged, until release is called.
func (c *tab) underWay(s *server) (acknowledged func() answer, release func()) {
	c.t.Helper()
	entered, leave := make(chan struct{}), make(chan struct{})
	s.broker.meddle(chooses(func(_ int64, publish func()) error {
		close(entered)
		<-leave
		publish()
		return nil
	}))
	ack, err := c.Start("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "under way"})
	if err != nil {
		c.t.Fatal(err)
	}
	<-entered
	s.broker.meddle(nil)
	return func() (a answer) {
		c.t.Helper()
		raw, err := ack()
		if err != nil {
			c.t.Fatal(err)
		}
		decode(c.t, raw, &a)
		return a
	}, func() { close(leave) }
}

func TestWhileTheNodeStopsWhatIsUnderWayIsAcknowledgedAndNothingElseBegins(t *testing.T) {
	s := newServer(t)
	sender, other := s.signUp("ada").connect(), s.signUp("bob").connect()
	acknowledged, release := sender.underWay(s)
	drained := make(chan error, 1)
	go func() { drained <- s.gateway.Drain(t.Context()) }()
	for _, c := range []*tab{sender, other} {
		var restart wire.ServerRestart
		c.await("server:restart", &restart)
		if restart.Within < 100 || restart.Within > 30_000 {
			t.Errorf("told to come back within %d ms, want 0.1 to 30 seconds", restart.Within)
		}
	}
	a := other.do("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "too late"})
	if a.OK || a.Error.Code != chat.CodeUnavailable || a.Error.RetryAfter < 1 {
		t.Errorf("a send meanwhile: got %+v, want unavailable with a time to retry", a)
	}
	select {
	case err := <-drained:
		t.Errorf("drained (%v) although a send was under way", err)
	default:
	}
	release()
	if a := acknowledged(); !a.OK || a.Message.Seq != 1 {
		t.Errorf("the send under way: got %+v, want it acknowledged", a)
	}
	if err := <-drained; err != nil {
		t.Errorf("draining: %v", err)
	}
	page, err := s.chat.Messages.Page(t.Context(), chat.User{ID: sender.ready.User.ID}, chat.MainRoom, chat.MessagePage{})
	if err != nil || len(page.Messages) != 1 {
		t.Errorf("stored: got %+v, %v; want the one that was acknowledged", page.Messages, err)
	}
}

func TestDrainingEndsWithItsContext(t *testing.T) {
	s := newServer(t)
	sender := s.signUp("ada").connect()
	acknowledged, release := sender.underWay(s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.gateway.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	release()
	acknowledged()
	if err := s.gateway.Drain(t.Context()); err != nil {
		t.Errorf("draining again: %v", err)
	}
}
