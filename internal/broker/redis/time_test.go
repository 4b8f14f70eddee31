package redis_test

import (
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestTimeIsTheTimeOfRedis(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			server := realserver.RedisServer(t, kind.options)
			client := connect(t, server.URL())
			told := func() time.Time {
				t.Helper()
				now, err := client.Time(t.Context())
				if err != nil {
					t.Fatalf("Time: %v", err)
				}
				return now
			}
			script := "local t = redis.call('TIME') return t[1] .. '.' .. t[2] .. 's'"
			before := told()
			reply, err := server.Do(t.Context(), "EVAL", script, "0")
			after := told()
			if err != nil {
				t.Fatal(err)
			}
			seconds, micros, _ := strings.Cut(strings.TrimSpace(reply), ".")
			unix, err := time.ParseDuration(seconds + "s")
			if err != nil {
				t.Fatalf("what Redis says itself: %q: %v", reply, err)
			}
			part, err := time.ParseDuration(strings.TrimSuffix(micros, "s") + "us")
			if err != nil {
				t.Fatalf("what Redis says itself: %q: %v", reply, err)
			}
			own := time.Unix(0, int64(unix+part))
			if own.Before(before) || own.After(after) {
				t.Errorf("got %v and then %v, and in between Redis said %v", before, after, own)
			}
			if err := server.Stop(); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Time(t.Context()); chat.CodeOf(err) != chat.CodeUnavailable {
				t.Errorf("without Redis: got %v, want unavailable", err)
			}
		})
	}
}
