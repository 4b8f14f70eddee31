package gateway_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/gateway"
)

// slowLeases count their renewals, and take their time to end a hold.
type slowLeases struct {
	chat.PresenceLeases
	renewed atomic.Int64
	ending  chan struct{} // receives something for each release that begins
	end     chan struct{} // lets releases go on once closed
}

func newSlowLeases() *slowLeases {
	return &slowLeases{PresenceLeases: local.NewPresence(), ending: make(chan struct{}, 10), end: make(chan struct{})}
}

func (l *slowLeases) Renew(ctx context.Context) ([]chat.Presence, error) {
	l.renewed.Add(1)
	return l.PresenceLeases.Renew(ctx)
}

func (l *slowLeases) Release(ctx context.Context, user chat.UserID) (now chat.PresenceState, changed bool, err error) {
	l.ending <- struct{}{}
	<-l.end
	return l.PresenceLeases.Release(ctx, user)
}

// renews awaits renewals that begin from now on.
func (l *slowLeases) renews(t *testing.T, when string) {
	t.Helper()
	before := l.renewed.Load()
	await(t, "renewals "+when, func() bool { return l.renewed.Load() > before+1 })
}

func TestE1_LeasesAreRenewedAtTheBeginning(t *testing.T) {
	leases := newSlowLeases()
	newServerOn(t, chat.Deps{Presence: leases}, func(o *gateway.Options) { o.LeaseInterval = time.Hour })
	await(t, "the first renewal", func() bool { return leases.renewed.Load() > 0 })
}

func TestE1_LeasesAreRenewedWhileDeparturesAreToldAndUntilTheEnd(t *testing.T) {
	leases := newSlowLeases()
	s := newServerOn(t, chat.Deps{Presence: leases}, func(o *gateway.Options) {
		o.PresenceInterval, o.PresenceGrace, o.LeaseInterval = time.Millisecond, time.Nanosecond, time.Millisecond
	})
	running, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		s.gateway.Run(running)
		close(done)
	}()
	ada := s.signUp("ada")
	ada.connect().Close()
	<-leases.ending
	leases.renews(t, "while a departure takes its time")
	close(leases.end)
	stop()
	<-done
	leases.renews(t, "while sockets are being drained")
}
