package gateway_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// watchedAuth counts how often sessions are looked up by their ids, and lets something
// happen right after a socket has been authenticated.
type watchedAuth struct {
	gateway.Authenticator
	lookups atomic.Int64
	after   func()
	banned  bool // what a look-up finds
}

func (a *watchedAuth) Authenticate(ctx context.Context, header http.Header, token string) (chat.Identity, error) {
	identity, err := a.Authenticator.Authenticate(ctx, header, token)
	a.after()
	return identity, err
}

func (a *watchedAuth) Identify(ctx context.Context, session string) (chat.Identity, error) {
	a.lookups.Add(1)
	identity, err := a.Authenticator.Identify(ctx, session)
	identity.User.Banned = identity.User.Banned || a.banned
	return identity, err
}

// silentBans shows a user as banned whose stream has not moved, as after a ban by a node
// of a version without streams.
type silentBans struct{ gateway.Store }

func (s silentBans) ListHeads(ctx context.Context, user chat.UserID) (chat.UserHead, error) {
	head, err := s.Store.ListHeads(ctx, user)
	head.User.Banned = true
	return head, err
}

func TestA7_ASessionIsLookedUpAgainOnlyIfItsUsersStreamHasMovedWhileConnecting(t *testing.T) {
	tests := []struct {
		name    string
		after   func(s *server, root, ada *person)
		silent  bool
		lookups int64
		end     chat.EndReason
	}{
		{name: "nothing has happened", after: func(*server, *person, *person) {}},
		{name: "somebody else has been banned", after: func(s *server, root, _ *person) { root.ban(0, s.signUp("eve")) }},
		{name: "a room was joined elsewhere", after: func(s *server, root, ada *person) {
			if _, _, err := s.chat.Rooms.Subscribe(s.t.Context(), ada.User, root.room("attic", chat.RoomPublic)); err != nil {
				s.t.Error(err)
			}
		}, lookups: 1},
		{name: "the session was ended", after: func(s *server, _, ada *person) { s.logOut(ada.token) }, lookups: 1, end: chat.EndLogOut},
		{name: "the user was banned", after: func(_ *server, root, ada *person) { root.ban(0, ada) }, lookups: 1, end: chat.EndBanned},
		{name: "the user was banned by a node without streams", after: func(*server, *person, *person) {}, silent: true, lookups: 1, end: chat.EndBanned},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			auth := &watchedAuth{after: func() {}, banned: test.silent}
			s := newServer(t, func(o *gateway.Options) {
				auth.Authenticator, o.Auth = o.Auth, auth
				if test.silent {
					o.Store = silentBans{o.Store}
				}
			})
			root, ada := s.signUp("root"), s.signUp("ada")
			auth.after = func() { test.after(s, root, ada) }
			c, err := sioclient.Dial(s.url, sioclient.Options{Auth: map[string]any{"protocol": 2, "token": ada.token}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			got, want := &tab{Client: c, t: t}, "ready"
			if test.end != "" {
				want = "session:ended"
			}
			first, err := got.Next()
			if err != nil || first.Name != want {
				t.Fatalf("first event: got %q, %v, want %q", first.Name, err, want)
			}
			if test.end != "" {
				var ended wire.SessionEnded
				decode(t, first.Args[0], &ended)
				if ended.Reason != test.end {
					t.Errorf("the session ended because of %q, want %q", ended.Reason, test.end)
				}
			}
			if n := auth.lookups.Load(); n != test.lookups {
				t.Errorf("looked up %d times, want %d", n, test.lookups)
			}
		})
	}
}
