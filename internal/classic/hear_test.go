package classic_test

import (
	"context"
	"sync/atomic"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// slowStreams delays subscriptions to users on demand.
type slowStreams struct {
	classic.Streams
	slow     atomic.Bool
	entering chan struct{} // receives a value for each delayed user
	enter    chan struct{} // closing it ends the delay
}

func (s *slowStreams) FollowUserFromHead(ctx context.Context, user chat.UserID) error {
	if s.slow.Load() {
		s.entering <- struct{}{}
		<-s.enter
	}
	return s.Streams.FollowUserFromHead(ctx, user)
}

func TestSubscribingToOneRoomDoesNotWaitForAnother(t *testing.T) {
	streams := &slowStreams{entering: make(chan struct{}, 1), enter: make(chan struct{})}
	s := newServer(t, chat.Policy{}, func(o *classic.Options) { streams.Streams, o.Streams = o.Streams, streams })
	a, _ := s.member("ann")
	_, token := s.user("bob")
	streams.slow.Store(true)
	b := s.dial(sioclient.Options{Header: cookie(token)})
	<-streams.entering
	a.do("", "SEND_MESSAGE", "meanwhile")
	if got := await[string](a, "message"); got != "meanwhile" {
		t.Errorf("got %q, want what was said while another one is connecting", got)
	}
	close(streams.enter)
	b.greeted()
	s.logOut(token)
	b.wantCut()
}
