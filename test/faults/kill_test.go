//go:build linux

package faults

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// scattered puts each user into main and a third of the other rooms.
func scattered(user, room int) bool { return (user+room)%3 == 0 }

func TestAKillUnderLoadLosesNothingAcknowledged(t *testing.T) {
	s := measured(t, "`kill -9` under load")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(20, 50), 10, scattered)
	server := newServer(t, data)
	server.start()
	c := join(t, p, server.url)
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 40*time.Millisecond)
	kills := short(4, 50)
	var back []time.Duration
	for range kills {
		c.moved(50 + rand.IntN(200))
		server.kill()
		start := time.Now()
		server.start()
		c.connected()
		back = append(back, time.Since(start))
	}
	c.moved(50)
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	s.note("kills", "%d", kills)
	s.note("until the server was back with everyone connected", "%s", spread(back))
	c.note(s, e)
	c.leave()
	server.kill()
	inspect(t, data)
}

func TestAPausedServerContinues(t *testing.T) {
	s := measured(t, "SIGSTOP, then SIGCONT")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(10, 50), 10, scattered)
	server := newServer(t, data, "--ping-interval", "2s", "--ping-timeout", "2s")
	server.start()
	c := join(t, p, server.url)
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 40*time.Millisecond)
	stops, length := short(1, 5), short(3*time.Second, 8*time.Second)
	var back []time.Duration
	for range stops {
		c.moved(100)
		server.signal(syscall.SIGSTOP)
		time.Sleep(length) // the fault itself, not a wait for something
		server.signal(syscall.SIGCONT)
		start := time.Now()
		c.moved(100)
		c.connected()
		back = append(back, time.Since(start))
	}
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	s.note("stops", "%d of %v, with heartbeats of 2 s and 2 s", stops, length)
	s.note("until all were connected and 100 messages more acknowledged", "%s", spread(back))
	c.note(s, e)
	c.leave()
	server.terminate()
	inspect(t, data)
}

func TestAGracefulStopUnderLoadLosesNothingAndAllReconnect(t *testing.T) {
	s := measured(t, "SIGTERM under load")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(20, 50), 10, scattered)
	server := newServer(t, data)
	server.start()
	c := join(t, p, server.url)
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 40*time.Millisecond)
	stops := short(2, 20)
	var ends, back []time.Duration
	for range stops {
		c.moved(50 + rand.IntN(200))
		ends = append(ends, server.terminate())
		start := time.Now()
		server.start()
		c.connected()
		back = append(back, time.Since(start))
	}
	c.moved(50)
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	s.note("stops", "%d", stops)
	s.note("until the process had ended", "%s", spread(ends))
	s.note("until it was started again with everyone connected", "%s", spread(back))
	c.note(s, e)
	c.leave()
	server.terminate()
	inspect(t, data)
}
