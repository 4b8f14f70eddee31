package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/httpapi"
)

func TestOnlyNeededPartsDecideAboutReadiness(t *testing.T) {
	var databaseAway, redisAway error
	h := health{parts: []part{
		{name: "database", needed: true, ping: func(context.Context) error { return databaseAway }},
		{name: "redis", ping: func(context.Context) error { return redisAway }},
	}}
	away := chat.Errorf(chat.CodeUnavailable, "away")
	for _, test := range []struct {
		database, redis error
		want            httpapi.Health
	}{
		{nil, nil, httpapi.Health{Status: "ready", Parts: map[string]httpapi.PartState{"database": "ok", "redis": "ok"}}},
		{nil, away, httpapi.Health{Status: "degraded", Parts: map[string]httpapi.PartState{"database": "ok", "redis": "away"}}},
		{away, nil, httpapi.Health{Status: "unavailable", Parts: map[string]httpapi.PartState{"database": "away", "redis": "ok"}}},
		{away, away, httpapi.Health{Status: "unavailable", Parts: map[string]httpapi.PartState{"database": "away", "redis": "away"}}},
	} {
		databaseAway, redisAway = test.database, test.redis
		if diff := cmp.Diff(test.want, h.look(t.Context())); diff != "" {
			t.Errorf("database: %v, redis: %v (-want +got):\n%s", test.database, test.redis, diff)
		}
	}
}

func TestAPartThatDoesNotAnswerCountsAsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := health{parts: []part{{name: "database", needed: true, ping: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}}}
		if got := h.look(t.Context()); got.Status != httpapi.Unavailable {
			t.Errorf("got %+v, want unavailable", got)
		}
	})
}

func TestEveryOutageOfTheDatabaseIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var away atomic.Bool
		ping := func(context.Context) error {
			if away.Load() {
				return chat.Errorf(chat.CodeUnavailable, "away")
			}
			return nil
		}
		h := health{log: slog.New(slog.NewTextHandler(&log, nil)), parts: []part{
			{name: "database", needed: true, ping: ping},
			{name: "redis", quiet: true, ping: ping},
		}}
		ctx, cancel := context.WithCancel(t.Context())
		go h.watch(ctx)
		for range 2 {
			away.Store(true)
			time.Sleep(time.Minute)
			away.Store(false)
			time.Sleep(time.Minute)
		}
		cancel()
		synctest.Wait()
		if got := log.String(); strings.Count(got, "\n") != 4 || strings.Count(got, "the database is down") != 2 || strings.Count(got, "the database is up again") != 2 {
			t.Errorf("got %q, want both outages with their beginning and end", got)
		}
	})
}
