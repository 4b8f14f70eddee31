package redis_test

import (
	"log/slog"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kinds are the kinds of Redis servers.
var kinds = []struct {
	name    string
	options realserver.RedisOptions
}{
	{"alone", realserver.RedisOptions{}},
	{"as a cluster", realserver.RedisOptions{Cluster: true}},
}

// log shows what is logged if the test fails.
func log(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// connect returns a client that is closed with the test.
func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	client, err := redis.Connect(t.Context(), redis.Options{URL: url, Log: log(t)})
	if err != nil {
		t.Fatalf("Connect: %v", err)
	}
	t.Cleanup(client.Close)
	return client
}

// databases returns a function that returns the URLs of empty databases of one server.
func databases(t *testing.T) (next func() (url string)) {
	t.Helper()
	server := realserver.RedisServer(t, realserver.RedisOptions{Args: []string{"--databases", "1000"}})
	var last atomic.Int64
	return func() string { return server.URL() + "/" + strconv.FormatInt(last.Add(1), 10) }
}

func newBroker(t *testing.T, url string) chat.Broker {
	t.Helper()
	return redis.NewBroker(connect(t, url), redis.BrokerOptions{Log: log(t)})
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
