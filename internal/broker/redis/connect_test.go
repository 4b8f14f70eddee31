package redis_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestConnectExplainsWhatIsWrong(t *testing.T) {
	guarded := realserver.RedisServer(t, realserver.RedisOptions{})
	if _, err := guarded.Do(t.Context(), "CONFIG", "SET", "requirepass", "right-secret"); err != nil {
		t.Fatal(err)
	}
	old := realserver.RedisServer(t, realserver.RedisOptions{Args: []string{"--rename-command", "SPUBLISH", ""}})
	port, err := realserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for _, test := range []struct {
		name, url, want string
	}{
		{"nothing", "", "not a URL such as redis://"},
		{"no URL", "localhost:6379", "not a URL such as redis://"},
		{"another kind of URL", "http://localhost:6379", "not a URL such as redis://"},
		{"a broken URL", "redis://user:secret@%zz", "not a URL such as redis://"},
		{"nobody listens", "redis://user:secret@127.0.0.1:" + strconv.Itoa(port), "cannot reach"},
		{"nobody answers", "redis://user:secret@" + silent.Addr().String(), "cannot reach"},
		{"a wrong password", "redis://:wrong-secret@" + guarded.Address(), "refuses the user name or password"},
		{"no password", "redis://" + guarded.Address(), "requires a password"},
		{"a server without sharded publish/subscribe", old.URL(), "use Redis 7 or Valkey"},
		{"a database that is not there", old.URL() + "/99", "no database with that number"},
		{"TLS where there is none", "rediss://" + old.Address(), "cannot reach"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, err := redis.Connect(t.Context(), redis.Options{URL: test.url})
			if err == nil {
				client.Close()
				t.Fatal("Connect: got no error")
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("Connect: got %q, want something with %q and no password", err, test.want)
			}
		})
	}
	client, err := redis.Connect(t.Context(), redis.Options{URL: "redis://:right-secret@" + guarded.Address()})
	if err != nil {
		t.Fatalf("Connect with the right password: %v", err)
	}
	defer client.Close()
	if err := client.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
}

// The rights are those in docs/OPERATIONS.md, "Several nodes".
func TestRedisUserNeedsFewRights(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) { testRights(t, realserver.RedisServer(t, kind.options)) })
	}
}

func testRights(t *testing.T, server *realserver.Redis) {
	t.Helper()
	rights := strings.Fields("on >secret ~partychat:* &partychat* +@connection +@pubsub +@scripting +@hash +@set +@sortedset +@keyspace -@dangerous +time +cluster|slots +cluster|shards")
	if _, err := server.Do(t.Context(), append([]string{"ACL", "SETUSER", "chat"}, rights...)...); err != nil {
		t.Fatal(err)
	}
	client := connect(t, "redis://chat:secret@"+server.Address())
	now := time.Now()
	sessions, presence := redis.NewSessions(client), redis.NewPresence(client, redis.PresenceOptions{})
	broker := redis.NewBroker(client, redis.BrokerOptions{Log: log(t)})
	t.Cleanup(func() { _ = broker.Close() })
	events := make(chan chat.Event, 10)
	broker.Handle(func(event chat.Event) { events <- event })
	for name, run := range map[string]func(context.Context) error{
		"PutSession": func(ctx context.Context) error {
			return sessions.PutSession(ctx, chat.Session{ID: "s", User: 5, CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
		},
		"Time":           func(ctx context.Context) error { _, err := client.Time(ctx); return err },
		"SessionsOfUser": func(ctx context.Context) error { _, err := sessions.SessionsOfUser(ctx, 5, now); return err },
		"TouchSessions": func(ctx context.Context) error {
			return sessions.TouchSessions(ctx, []string{"s"}, now, now, now.Add(time.Minute))
		},
		"DeleteExpiredSessions": func(ctx context.Context) error {
			_, err := sessions.DeleteExpiredSessions(ctx, now.Add(time.Hour))
			return err
		},
		"DeleteSession": func(ctx context.Context) error { return sessions.DeleteSession(ctx, "t") },
		"Hold":          func(ctx context.Context) error { _, _, err := presence.Hold(ctx, 5, chat.PresenceOnline); return err },
		"Renew":         func(ctx context.Context) error { _, err := presence.Renew(ctx); return err },
	} {
		if err := run(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// This node knows the user only through Redis.
	other := redis.NewPresence(connect(t, server.URL()), redis.PresenceOptions{})
	if got := states(t, other, 5); got != "5 online" {
		t.Errorf("states: got %q, want %q", got, "5 online")
	}
	// Missed is sent for a presence topic as soon as Redis has confirmed it.
	if err := broker.Subscribe(t.Context(), chat.Topic{Presence: 5}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-events:
	case <-time.After(time.Minute):
		t.Error("Redis does not let the user subscribe")
	}
}
