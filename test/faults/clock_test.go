//go:build linux

package faults

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/clock"
	"partychat/internal/gateway"
	"partychat/internal/httpapi"
	"partychat/internal/store/sqlite"
	"partychat/socketio"
)

// steppedServer is a server in this process with a machine clock that the test
// controls.
type steppedServer struct {
	url      string
	sessions *auth.Sessions
	step     atomic.Int64 // of the machine's clock, in nanoseconds
}

// newSteppedServer builds the server like the program, but with a controllable
// clock.
func newSteppedServer(t *testing.T, data string) *steppedServer {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(data, databaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	s := &steppedServer{}
	start := time.Now()
	machine := func() time.Time { return time.Now().Round(0).Add(time.Duration(s.step.Load())) }
	steady := clock.From(machine(), func() time.Duration { return time.Since(start) })

	broker := local.New()
	s.sessions = auth.NewSessions(store, store, broker, auth.SessionOptions{Now: steady.Now})
	services := chat.New(chat.Deps{Store: store, Broker: broker, Hasher: plain{}, Fold: auth.FoldName, Now: machine})
	sockets := socketio.NewServer(socketio.Options{})
	g := gateway.New(gateway.Options{
		Server: sockets, Chat: services, Store: store, Broker: broker, Auth: s.sessions, TouchInterval: 20 * time.Millisecond,
	})
	pages, err := httpapi.New(httpapi.Options{
		Chat: services, Sessions: s.sessions, Attempts: auth.NewAttempts(auth.AttemptOptions{}),
		Files: fstest.MapFS{"index.html": {}}, Health: func(context.Context) httpapi.Health { return httpapi.Health{Status: httpapi.Ready} },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", sockets)
	mux.Handle("/", pages)
	web := httptest.NewServer(mux)
	s.url = web.URL
	running, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.Run(running)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		if err := sockets.Shutdown(ctx); err != nil {
			t.Errorf("sockets: %v", err)
		}
		web.Close()
		g.Close()
		_ = broker.Close()
		if err := store.Close(); err != nil {
			t.Errorf("store: %v", err)
		}
	})
	return s
}

func TestStepsOfTheClockLogNobodyOut(t *testing.T) {
	s := measured(t, "the clock stepping back and forth by an hour")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(10, 50), 3, scattered)
	server := newSteppedServer(t, data)
	c := join(t, p, server.url)
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 20*time.Millisecond)
	connects := c.connects()
	steps := short(4, 20)
	for i := range steps {
		c.moved(50)
		// Forward first, so that code that measures idle time with this clock would
		// log everyone out.
		server.step.Store(int64((1 - i%2)) * int64(time.Hour))
		if err := server.sessions.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.moved(50)
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	again := c.connects() - connects
	if again != 0 {
		t.Errorf("got %d reconnects, want none", again)
	}
	backwards := 0
	api := c.api()
	for _, room := range p.rooms {
		page, err := api.Page(t.Context(), room, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Messages[1:] {
			if page.Messages[i+1].CreatedAt.Before(page.Messages[i].CreatedAt) {
				backwards++
			}
		}
	}
	if backwards == 0 {
		t.Error("no message is older than the one before it: the clock was not stepped")
	}
	s.note("steps, each followed by a sweep of expired sessions", "%d", steps)
	s.note("connections lost", "%d", again)
	s.note("messages with an earlier time than the one before, in the order of seq nevertheless", "%d", backwards)
	c.note(s, e)
	c.leave()
}
