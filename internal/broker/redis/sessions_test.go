package redis_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/storetest"
)

func TestSessionsContract(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		next := databases(t)
		storetest.RunSessions(t, func(t *testing.T) chat.SessionStore {
			t.Helper()
			return redis.NewSessions(connect(t, next()))
		})
	})
	t.Run("as a cluster", func(t *testing.T) {
		storetest.RunSessions(t, func(t *testing.T) chat.SessionStore {
			t.Helper()
			server := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
			return redis.NewSessions(connect(t, server.URL()))
		})
	})
}

func TestSessionsAreUnavailableWithoutRedis(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	sessions, now := redis.NewSessions(connect(t, server.URL())), time.Now()
	session := chat.Session{ID: "s", User: 5, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := sessions.PutSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, call := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"PutSession", func(ctx context.Context) error { return sessions.PutSession(ctx, session) }},
		{"SessionByID", func(ctx context.Context) error { _, err := sessions.SessionByID(ctx, "s", now); return err }},
		{"SessionsOfUser", func(ctx context.Context) error { _, err := sessions.SessionsOfUser(ctx, 5, now); return err }},
		{"StoredSessions", func(ctx context.Context) error { _, err := sessions.StoredSessions(ctx, []string{"s"}); return err }},
		{"TouchSessions", func(ctx context.Context) error {
			return sessions.TouchSessions(ctx, []string{"s"}, now, now, now.Add(2*time.Hour))
		}},
		{"DeleteSession", func(ctx context.Context) error { return sessions.DeleteSession(ctx, "s") }},
		{"DeleteExpiredSessions", func(ctx context.Context) error { _, err := sessions.DeleteExpiredSessions(ctx, now); return err }},
	} {
		err := chat.ErrorFrom(call.run(t.Context()))
		if err.Code != chat.CodeUnavailable || err.Message == "" || err.RetryAfter == 0 {
			t.Errorf("%s: got %v, want CodeUnavailable with a sentence and when to come back", call.name, err)
		}
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the session to be found again", func() bool {
		_, err := sessions.SessionByID(t.Context(), "s", now)
		return err == nil
	})
}

func TestRedisRemovesUnsweptSessionsButNotEarly(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	sessions := redis.NewSessions(connect(t, server.URL()))
	// A clock that is far behind that of Redis.
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if err := sessions.PutSession(t.Context(), chat.Session{ID: "s", User: 5, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	left := func() time.Duration {
		t.Helper()
		for group := range 16 {
			answer, err := server.Do(t.Context(), "PTTL", fmt.Sprintf("partychat:{%d}:session:s", group))
			if err != nil {
				t.Fatal(err)
			}
			if ms, _ := strconv.ParseInt(answer[1:], 10, 64); ms > 0 {
				return time.Duration(ms) * time.Millisecond
			}
		}
		t.Fatal("the session has no end in Redis")
		return 0
	}
	if got := left(); got <= time.Hour || got > 25*time.Hour {
		t.Errorf("Redis keeps the session for %v, want some hours beyond its own hour", got)
	}
	if err := sessions.TouchSessions(t.Context(), []string{"s"}, now, now, now.Add(100*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := left(); got <= 100*time.Hour {
		t.Errorf("Redis keeps the touched session for %v, want more than 100 hours", got)
	}
}
