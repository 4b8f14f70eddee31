//go:build linux

package faults

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/client"
)

func TestMessagesCommittedDuringConnectAreReceivedOnceAndInOrder(t *testing.T) {
	s := measured(t, "the window between subscribing and catching up")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, 8, 1, nil)
	server := newServer(t, data)
	server.start()
	writers := join(t, p, server.url, func(o *client.Options) { o.Polling = false })
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := writers.talk(talking, short(10*time.Millisecond, 2*time.Millisecond))
	writers.moved(100)
	// Half of the readers connect for the first time, the others reconnect.
	rounds, atOnce := short(3, 10), short(20, 40)
	readers := &crowd{t: t, party: p, url: server.url}
	t.Cleanup(readers.leave)
	for range rounds {
		for _, one := range readers.clients {
			one.Drop()
		}
		for i := range atOnce {
			readers.enter(i%len(p.users), func(o *client.Options) { o.Delay = time.Millisecond })
		}
		readers.connected()
		writers.moved(30)
	}
	hush()
	wait()
	e := writers.settle()
	readers.settle()
	for _, one := range readers.clients {
		e.Feeds = append(e.Feeds, one.Feeds()...)
	}
	writers.verify(e)
	readers.verify(e)
	both := &crowd{t: t, party: p, clients: slices.Concat(writers.clients, readers.clients)}
	both.note(s, e)
	readers.leave()
	writers.leave()
	server.terminate()
	inspect(t, data)
}

func TestThousandsReconnectAtOnce(t *testing.T) {
	s := measured(t, "thousands reconnect at once, logged in")
	n := short(500, 5000)
	raiseFileLimit(t, uint64(3*n+200))
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, n, 1, nil)
	server := newServer(t, data)
	server.soaked = true
	server.start()
	c := &crowd{t: t, party: p, url: server.url}
	t.Cleanup(c.leave)
	start := time.Now()
	for i := range p.users {
		c.enter(i, func(o *client.Options) {
			o.Polling, o.Blind, o.Delay, o.MaxDelay = false, true, 10*time.Millisecond, 500*time.Millisecond
		})
	}
	c.connected()
	s.note("clients, each a user with a session of its own", "%d", n)
	s.note("until all were connected the first time", "%v", time.Since(start).Round(time.Millisecond))
	now, peak := server.resident()
	s.note("memory of the server with all connected, and its peak until then", "%d MB, %d MB", now, peak)
	before := server.holds()

	server.forgetPeak()
	var took, cpu []time.Duration
	held := []holding{before}
	for range short(1, 10) {
		want := make([]int, n)
		for i, one := range c.clients {
			want[i] = one.Connects() + 1
		}
		start, used := time.Now(), server.cpu()
		for _, one := range c.clients {
			one.Drop()
		}
		eventually(t, "all are connected again", func() bool {
			for i, one := range c.clients {
				if one.Connects() < want[i] {
					return false
				}
			}
			return true
		})
		took, cpu = append(took, time.Since(start)), append(cpu, server.cpu()-used)
		held = append(held, server.holds())
	}
	s.note("until all were connected again after their connections broke at once", "%s", spread(took))
	s.note("processor time of the server for that", "%s", spread(cpu))
	_, peak = server.resident()
	s.note("peak memory until then", "%d MB", peak)
	s.note("heap in use, and memory resident when unused heap is released, before and after each of these reconnects", "%s", series(held))
	eventually(t, fmt.Sprintf("no more heap is in use than before: %d bytes", before.heap), func() bool {
		after := server.holds()
		return after.heap <= before.heap+before.heap/4 && after.goroutines <= before.goroutines+100
	})

	server.kill()
	start = time.Now()
	server.start()
	c.connected()
	s.note("until all were connected again after `kill -9` and a new start", "%v", time.Since(start).Round(time.Millisecond))
	now, peak = server.resident()
	s.note("memory after that, and its peak until then", "%d MB, %d MB", now, peak)

	sender := c.clients[0]
	for range 10 {
		sender.Send(chat.MainRoom, "to everyone")
	}
	eventually(t, "everything is acknowledged", func() bool { return sender.Pending() == 0 })
	e := c.sent()
	e.Rooms = c.histories()
	c.verify(e)
	c.leave()
	server.terminate()
	inspect(t, data)
}

// series formats the holdings of each time.
func series(all []holding) string {
	var b strings.Builder
	for i, h := range all {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%.0f, %d MB", float64(h.heap)/(1<<20), h.resident)
	}
	return b.String()
}

// raiseFileLimit allows this process, and those it starts, that many open files.
func raiseFileLimit(t *testing.T, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur >= n {
		return
	}
	limit.Cur, limit.Max = n, max(n, limit.Max)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatalf("%d clients need %d open files, more than this machine allows; raise it with ulimit -Hn: %v", n, limit.Cur, err)
	}
}
