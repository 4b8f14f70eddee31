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

// countingAuth tells which sessions are kept alive.
type countingAuth struct {
	gateway.Authenticator
	touched chan<- []string
}

func (a countingAuth) Touch(ctx context.Context, ids []string) error {
	select {
	case a.touched <- ids:
	default:
	}
	return a.Authenticator.Touch(ctx, ids)
}
