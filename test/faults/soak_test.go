//go:build linux

package faults

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"partychat/internal/app"
	"partychat/internal/config"
	"partychat/test/faults/client"
)

const (
	// soakedEnv holds the options of a special server. If it is set, this test
	// program is that server, which prints its holdings on SIGUSR1.
	soakedEnv = "PARTYCHAT_FAULTS_SOAKED"
	// holdsLine is the format of that line.
	holdsLine = "holds %d goroutines and %d bytes\n"
)

// serveSoaked runs that server and returns its exit code.
func serveSoaked() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := runSoaked(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runSoaked(ctx context.Context) error {
	flags := pflag.NewFlagSet("soaked", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(strings.Fields(os.Getenv(soakedEnv))); err != nil {
		return err
	}
	c, err := config.Load(flags, nil)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	questions := make(chan os.Signal, 1)
	signal.Notify(questions, syscall.SIGUSR1)
	go func() {
		for range questions {
			debug.FreeOSMemory()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintf(os.Stderr, holdsLine, runtime.NumGoroutine(), m.HeapAlloc)
		}
	}()
	fmt.Printf("PartyChat is ready at %s\n", a.URL())
	return a.Run(ctx)
}

// holding is a server's resources at one moment.
type holding struct {
	goroutines, heap int
	resident         int64 // MB
}

// holds requests a soaked server's holding.
func (s *server) holds() (h holding) {
	s.t.Helper()
	heard := len(s.stderr.String())
	s.signal(syscall.SIGUSR1)
	eventually(s.t, "the server prints its holding", func() bool {
		for line := range strings.Lines(s.stderr.String()[heard:]) {
			if n, err := fmt.Sscanf(line, holdsLine, &h.goroutines, &h.heap); n == 2 && err == nil {
				return true
			}
		}
		return false
	})
	h.resident, _ = s.resident()
	return h
}

func TestASoakedServerDoesNotGrow(t *testing.T) {
	s := measured(t, "soak")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(10, 30), 10, scattered)
	// Short heartbeats: the server keeps the session of a vanished client until its
	// heartbeat fails, and only from then on is the number of sessions stable.
	server := newServer(t, data, "--ping-interval", "2s", "--ping-timeout", "2s")
	server.soaked = true
	server.start()
	c := join(t, p, server.url)
	lasting, over := context.WithTimeout(t.Context(), *soak)
	defer over()
	wait := c.talk(lasting, 200*time.Millisecond)
	var work sync.WaitGroup
	work.Go(func() { c.comeAndGo(lasting) })

	var samples []holding
	const times = 12
	for range times {
		sleep(lasting, *soak/times)
		samples = append(samples, server.holds())
	}
	<-lasting.Done()
	wait()
	work.Wait()
	e := c.settle()
	c.verify(e)
	first, middle, last := least(samples[:times/3]), least(samples[times/3:2*times/3]), least(samples[2*times/3:])
	if last.goroutines > first.goroutines*3/2+20 {
		t.Errorf("goroutines grew from %d to %d", first.goroutines, last.goroutines)
	}
	if last.heap > first.heap*3/2+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", first.heap, last.heap)
	}
	s.note("lasted", "%v", *soak)
	for _, row := range []struct {
		when string
		holding
	}{{"first", first}, {"middle", middle}, {"last", last}} {
		s.note("least goroutines, heap, resident memory in the "+row.when+" third", "%d, %.1f MB, %d MB",
			row.goroutines, float64(row.heap)/(1<<20), row.resident)
	}
	c.note(s, e)
	c.leave()
	server.terminate()
	inspect(t, data)
}

// sleep waits, at most until the context ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// least returns the smallest value of each figure, because anything above it is
// temporary.
func least(all []holding) holding {
	l := all[0]
	for _, h := range all[1:] {
		l.goroutines, l.heap = min(l.goroutines, h.goroutines), min(l.heap, h.heap)
		l.resident = min(l.resident, h.resident)
	}
	return l
}

// comeAndGo drops connections, reads pages of history, and connects and disconnects
// further clients, until the context ends.
func (c *crowd) comeAndGo(ctx context.Context) {
	regulars := slices.Clone(c.clients)
	for n := 0; ctx.Err() == nil; n++ {
		sleep(ctx, 100*time.Millisecond)
		a := &c.party.users[rand.IntN(len(c.party.users))]
		switch n % 3 {
		case 0:
			regulars[rand.IntN(len(regulars))].Drop()
		case 1:
			room := a.rooms[rand.IntN(len(a.rooms))]
			if _, err := (client.API{URL: c.url, Token: a.token}).Page(ctx, room, 0); err != nil && ctx.Err() == nil {
				c.t.Errorf("a page of room %d: %v", room, err)
			}
		case 2:
			visitor := client.New(client.Options{URL: c.url, Token: a.token, User: a.ID, Name: "visitor", Polling: n%2 == 0})
			sleep(ctx, 100*time.Millisecond)
			visitor.Close()
			for _, fault := range visitor.Faults() {
				c.t.Error(fault)
			}
		}
	}
}
