package classic_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// slowBroker takes its time to subscribe to a user, once it is told to.
type slowBroker struct {
	chat.Broker
	slow     atomic.Bool
	entering chan struct{} // receives something for each such subscription
	enter    chan struct{} // lets them go on once closed
}

func (b *slowBroker) Subscribe(ctx context.Context, topic chat.Topic) error {
	if topic.User != 0 && b.slow.Load() {
		b.entering <- struct{}{}
		<-b.enter
	}
	return b.Broker.Subscribe(ctx, topic)
}

func TestNobodyWaitsForTheSubscriptionToAnother(t *testing.T) {
	broker := &slowBroker{entering: make(chan struct{}, 1), enter: make(chan struct{})}
	s := newServer(t, chat.Policy{}, func(o *classic.Options) { broker.Broker, o.Broker = o.Broker, broker })
	a, _ := s.member("ann")
	_, token := s.user("bob")
	broker.slow.Store(true)
	b := s.dial(sioclient.Options{Header: cookie(token)})
	<-broker.entering
	a.do("", "SEND_MESSAGE", "meanwhile")
	if got := await[string](a, "message"); got != "meanwhile" {
		t.Errorf("got %q, want what was said while another one is connecting", got)
	}
	close(broker.enter)
	b.greeted()
	s.logOut(token)
	b.wantCut()
}

// orderlyAuth tells for each session that is looked at whether it has been touched before.
type orderlyAuth struct {
	classic.Authenticator
	touched atomic.Bool
	looks   chan bool
}

func (a *orderlyAuth) Touch(ctx context.Context, ids []string) (gone []string, err error) {
	a.touched.Store(true)
	return a.Authenticator.Touch(ctx, ids)
}

func (a *orderlyAuth) Identify(ctx context.Context, session string) (chat.Identity, error) {
	a.looks <- a.touched.Load()
	return a.Authenticator.Identify(ctx, session)
}

func TestAClassicSocketHasBeenActivityWhileItsSessionCouldNotBeReached(t *testing.T) {
	auth := &orderlyAuth{looks: make(chan bool, 1)}
	s := newServer(t, chat.Policy{}, func(o *classic.Options) {
		auth.Authenticator, o.Auth = o.Auth, auth
		o.CatchUpWithin = time.Millisecond
	})
	ann, token := s.user("ann")
	s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	s.miss(ann.ID, func() {})
	if touched := <-auth.looks; !touched {
		t.Error("the session was looked at before its socket was counted as activity")
	}
}
