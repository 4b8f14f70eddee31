//go:build linux

package faults

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/client"
	"partychat/test/faults/proxy"
)

// cutter is a client behind a proxy that breaks its connection while it sends.
type cutter struct {
	*crowd
	proxy  *proxy.Proxy
	one    *client.Client
	points int
}

// inBetween puts a proxy in front of the server.
func inBetween(t *testing.T, s *server) *proxy.Proxy {
	t.Helper()
	address, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	p, err := proxy.New(t.Context(), address.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// newCutter starts a server with short heartbeats and two clients: one behind the
// proxy, and one that is connected directly.
func newCutter(t *testing.T, polling bool) (*cutter, *server) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, 2, 1, nil)
	server := newServer(t, data, "--ping-interval", "400ms", "--ping-timeout", "400ms")
	server.start()
	between := inBetween(t, server)
	c := &cutter{crowd: &crowd{t: t, party: p, url: server.url}, proxy: between}
	t.Cleanup(c.leave)
	c.one = c.enter(0, func(o *client.Options) {
		o.URL, o.Polling, o.Delay, o.MaxDelay = between.URL(), polling, time.Millisecond, 50*time.Millisecond
		o.AckTimeout = time.Second
	})
	c.enter(1, func(o *client.Options) { o.Polling = false })
	c.connected()
	return c, server
}

// send sends a message and waits until it is acknowledged and both clients have it,
// live or after reconnecting.
func (c *cutter) send() {
	c.t.Helper()
	c.points++
	want := int64(c.points)
	c.one.Send(chat.MainRoom, fmt.Sprintf("message %d", c.points))
	eventually(c.t, fmt.Sprintf("message %d is acknowledged and everywhere", c.points), func() bool {
		return c.one.Pending() == 0 && c.one.Connected() &&
			c.clients[0].KnowsUpTo(chat.MainRoom, want) && c.clients[1].KnowsUpTo(chat.MainRoom, want)
	})
}

// length returns how many bytes one send transfers in a direction. It is the
// minimum of several measurements, because a heartbeat may interfere.
func (c *cutter) length(d proxy.Direction) int {
	c.t.Helper()
	least := 0
	for range 3 {
		before := c.proxy.Passed(d)
		c.send()
		if n := int(c.proxy.Passed(d) - before); least == 0 || n < least {
			least = n
		}
	}
	return least
}

func TestTheConnectionIsCutAtEveryPointOfASend(t *testing.T) {
	s := measured(t, "the connection cut at every point of a send")
	faults := []struct {
		name  string
		fault proxy.Fault
	}{{"cut", proxy.Cut}, {"reset", proxy.Reset}}
	for _, polling := range []bool{false, true} {
		for _, f := range faults {
			name := fmt.Sprintf("%s, polling %t", f.name, polling)
			t.Run(name, func(t *testing.T) {
				c, server := newCutter(t, polling)
				up, down := c.length(proxy.Up), c.length(proxy.Down)
				// Up: before the packet, at each of its bytes and after it. Down,
				// when the message is committed: at each byte of the
				// acknowledgement and the event.
				for n := 0; n <= up; n += short(max(1, up/10), 1) {
					c.proxy.Arm(proxy.Up, n, f.fault)
					c.send()
				}
				for n := 0; n <= down; n += short(max(1, down/10), 1) {
					c.proxy.Disarm()
					c.proxy.Arm(proxy.Down, n, f.fault)
					c.send()
				}
				c.proxy.Disarm()
				e := c.settle()
				c.verify(e)
				if stored := e.Rooms[0].Seq; stored != int64(c.points) {
					t.Errorf("got %d stored messages, want each of %d once", stored, c.points)
				}
				s.note(name, "%d sends cut in %d bytes up and %d down; %d connections, %d tries, %d messages stored",
					c.points, up, down, c.one.Connects(), c.one.Counts().Tries, e.Rooms[0].Seq)
				c.leave()
				server.terminate()
				inspect(t, server.data)
			})
		}
	}
}

func TestHalfOpenConnectionsAreDetected(t *testing.T) {
	s := measured(t, "half-open connections")
	for _, polling := range []bool{false, true} {
		t.Run(fmt.Sprintf("polling %t", polling), func(t *testing.T) {
			c, server := newCutter(t, polling)
			up, down := c.length(proxy.Up), c.length(proxy.Down)
			parts := short(2, 10)
			for i := range parts + 1 {
				c.proxy.Arm(proxy.Up, i*up/parts, proxy.Stall)
				c.send()
				c.proxy.Disarm()
				c.proxy.Arm(proxy.Down, i*down/parts, proxy.Stall)
				c.send()
				c.proxy.Disarm()
			}
			e := c.settle()
			c.verify(e)
			s.note(fmt.Sprintf("polling %t", polling), "%d sends; %d connections, %d tries, %d messages stored",
				c.points, c.one.Connects(), c.one.Counts().Tries, e.Rooms[0].Seq)
			c.leave()
			server.terminate()
			inspect(t, server.data)
		})
	}
}

func TestASlowNetworkThatBreaksRepeatedly(t *testing.T) {
	s := measured(t, "latency, with breaks under load")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(10, 30), 5, scattered)
	server := newServer(t, data, "--ping-interval", "1s", "--ping-timeout", "1s")
	server.start()
	between := inBetween(t, server)
	between.SetLatency(40 * time.Millisecond)
	c := join(t, p, between.URL(), func(o *client.Options) { o.AckTimeout = 500 * time.Millisecond })
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 40*time.Millisecond)
	breaks := short(4, 40)
	for i := range breaks {
		c.moved(50)
		between.Break([]proxy.Fault{proxy.Cut, proxy.Reset, proxy.Stall}[i%3])
	}
	c.moved(50)
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	s.note("breaks of all connections", "%d: cut, reset, half open in turn, with 20 to 40 ms each way", breaks)
	c.note(s, e)
	c.leave()
	server.terminate()
	inspect(t, data)
}
