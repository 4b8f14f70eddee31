package redis_test

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"partychat/internal/broker/redis"
	"partychat/internal/realserver"
)

func TestConnectSaysWhatIsTheMatter(t *testing.T) {
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
		{"nothing", "", "no URL like redis://"},
		{"no URL", "localhost:6379", "no URL like redis://"},
		{"another kind of URL", "http://localhost:6379", "no URL like redis://"},
		{"a broken URL", "redis://user:secret@%zz", "no URL like redis://"},
		{"nobody listens", "redis://user:secret@127.0.0.1:" + strconv.Itoa(port), "cannot be reached"},
		{"nobody answers", "redis://user:secret@" + silent.Addr().String(), "cannot be reached"},
		{"a wrong password", "redis://:wrong-secret@" + guarded.Address(), "refuses the user name or password"},
		{"no password", "redis://" + guarded.Address(), "wants a password"},
		{"a server without sharded publish/subscribe", old.URL(), "Redis 7 or Valkey is needed"},
		{"a database that is not there", old.URL() + "/99", "no database of that number"},
		{"TLS where there is none", "rediss://" + old.Address(), "cannot be"},
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
