package gateway_test

import (
	"context"
	"net/http"
	"sync"

	"partychat/internal/chat"
	"partychat/internal/gateway"
)

// slowAuth holds the first authentication back after it has been decided: until
// something has been received from after twice.
type slowAuth struct {
	gateway.Authenticator
	after <-chan struct{}
	once  sync.Once
}

func (a *slowAuth) Authenticate(ctx context.Context, header http.Header, token string) (chat.Identity, error) {
	identity, err := a.Authenticator.Authenticate(ctx, header, token)
	a.once.Do(func() {
		<-a.after
		<-a.after
	})
	return identity, err
}

// failingStore cannot be read for a number of times.
type failingStore struct {
	gateway.Store
	mu       sync.Mutex
	failures int
}

func (s *failingStore) ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures > 0 {
		s.failures--
		return chat.Changes{}, chat.Errorf(chat.CodeUnavailable, "The store is away.")
	}
	return s.Store.ChangesSince(ctx, room, rev, limit, bytes)
}

// countingAuth tells which sessions are kept alive.
type countingAuth struct {
	gateway.Authenticator
	touched chan<- []string
}

func (a countingAuth) Touch(ctx context.Context, ids []string) (gone []string, err error) {
	select {
	case a.touched <- ids:
	default:
	}
	return a.Authenticator.Touch(ctx, ids)
}
