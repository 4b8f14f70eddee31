//go:build linux

package faults

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/client"
)

// readiness requests a node's readiness.
func (n *node) readiness() (status int, body string) {
	n.t.Helper()
	response, err := http.Get(n.url + "/readyz")
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// becomes waits until the node's readiness has that status and word.
func (n *node) becomes(status int, word string) {
	n.t.Helper()
	eventually(n.t, fmt.Sprintf("readiness is %d and says %q", status, word), func() bool {
		got, body := n.readiness()
		return got == status && strings.Contains(body, word)
	})
}

// pair starts two nodes, with two clients on the first and one on the second, none
// of which changes nodes.
func pair(t *testing.T) (f *fleet, c *crowd) {
	t.Helper()
	f = launch(t, 2)
	c = &crowd{t: t, party: f.gather(3, 1, nil), url: f.nodes[0].url}
	t.Cleanup(c.leave)
	for i, at := range []int{0, 0, 1} {
		c.enter(i, func(o *client.Options) { o.URL, o.Polling = f.nodes[at].url, false })
	}
	c.connected()
	c.caughtUp()
	return f, c
}

func TestWithoutRedisNodesServeTheirClientsAndCatchUpLater(t *testing.T) {
	s := measuredOnNodes(t, "Redis away")
	f, c := pair(t)
	before := c.heads()[chat.MainRoom]
	f.must(f.redis.Kill())
	for _, n := range f.nodes {
		n.becomes(http.StatusOK, "degraded")
	}
	const sends = 20
	start := time.Now()
	for i := range sends {
		c.clients[0].Send(chat.MainRoom, fmt.Sprintf("message %d", i))
	}
	c.await("messages sent without Redis are acknowledged", func() bool { return c.clients[0].Pending() == 0 })
	c.await("a member on the same node has received them", func() bool { return c.clients[1].KnowsUpTo(chat.MainRoom, before+sends) })
	s.note("20 messages sent one after the other, until acknowledged and with a member on the same node", "%v", time.Since(start).Round(time.Millisecond))
	c.clients[2].Send(chat.MainRoom, "from the other node")
	c.await("a message sent on the other node is acknowledged", func() bool { return c.clients[2].Pending() == 0 })
	if n := c.connects(); n != len(c.clients) {
		t.Errorf("got %d connections, want %d: none is lost when Redis fails", n, len(c.clients))
	}
	f.must(f.redis.Start(t.Context()))
	start = time.Now()
	c.caughtUp()
	s.note("from the start of Redis until everyone on both nodes had everything", "%v", time.Since(start).Round(time.Millisecond))
	for _, n := range f.nodes {
		n.becomes(http.StatusOK, "ready")
	}
	finish(f, c, s)
}

func TestWithoutPostgreSQLSendsFailImmediatelyAndCanBeRetried(t *testing.T) {
	s := measuredOnNodes(t, "PostgreSQL away")
	f, c := pair(t)
	f.must(f.postgres.Kill())
	for _, n := range f.nodes {
		n.becomes(http.StatusServiceUnavailable, "")
	}
	start := time.Now()
	for _, one := range c.clients {
		one.Send(chat.MainRoom, "while PostgreSQL is down")
	}
	c.await("each send is refused as unavailable", func() bool {
		for _, one := range c.clients {
			if one.Counts().Refusals[chat.CodeUnavailable] == 0 {
				return false
			}
		}
		return true
	})
	s.note("until three senders on two nodes got `unavailable`", "%v", time.Since(start).Round(time.Millisecond))
	for _, n := range f.nodes {
		if status, _ := n.readiness(); status != http.StatusServiceUnavailable {
			t.Errorf("readiness without PostgreSQL: got %d, want %d", status, http.StatusServiceUnavailable)
		}
	}
	f.must(f.postgres.Start(t.Context()))
	start = time.Now()
	c.await("the messages are acknowledged once PostgreSQL is back", func() bool {
		for _, one := range c.clients {
			if one.Pending() > 0 {
				return false
			}
		}
		return true
	})
	s.note("from the start of PostgreSQL until their messages were acknowledged", "%v", time.Since(start).Round(time.Millisecond))
	if n := c.connects(); n != len(c.clients) {
		t.Errorf("got %d connections, want %d: none is lost when PostgreSQL fails", n, len(c.clients))
	}
	for _, n := range f.nodes {
		n.becomes(http.StatusOK, "ready")
	}
	finish(f, c, s)
}

// finish checks everything that the crowd has received, and ends the fleet.
func finish(f *fleet, c *crowd, s *section) {
	f.t.Helper()
	e := c.settle()
	c.verify(e)
	c.note(s, e)
	c.leave()
	f.terminate()
	f.inspect()
}
