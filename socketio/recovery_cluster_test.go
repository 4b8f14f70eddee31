package socketio

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"
)

// store is a SessionStore that several processes share, on top of a cluster.
type store struct {
	*clusterNode
	sessions *sync.Map
}

func (s store) PersistSession(session Session, _ time.Duration) {
	s.sessions.Store(session.PrivateID, session)
}

func (s store) RestoreSession(_ context.Context, pid string) (*Session, error) {
	if v, ok := s.sessions.LoadAndDelete(pid); ok {
		session := v.(Session)
		return &session, nil
	}
	return nil, nil
}

// recoverableCluster starts two servers that share sessions.
func recoverableCluster(t *testing.T) (hosts []*host, sessions *sync.Map) {
	t.Helper()
	c, sessions := &cluster{}, &sync.Map{}
	for range 2 {
		h := newHost(t, Options{
			Recovery: Recovery{MaxDuration: time.Minute, DecodeData: func(raw json.RawMessage) (any, error) {
				var text string
				err := json.Unmarshal(raw, &text)
				return text, err
			}},
			NewAdapter: func(n *Namespace) Adapter {
				node, _ := c.newAdapter(n).(*clusterNode)
				return store{node, sessions}
			},
		})
		h.OnConnect(func(s *Socket) {
			if !s.Recovered() {
				s.SetData("data")
				s.Join("room")
			}
		})
		hosts = append(hosts, h)
	}
	return hosts, sessions
}

func TestClientComesBackToAnotherProcess(t *testing.T) {
	hosts, sessions := recoverableCluster(t)
	c := &returning{t: t}
	c.join(hosts[0])
	hosts[0].waitFor(c.id, true)
	for i, h := range hosts {
		emit(t, h.Of("/").To("room"), fmt.Sprint("early ", i))
		wantEqual(t, c.hear(), fmt.Sprint("early ", i))
	}
	for i := range 4 {
		id := c.id
		c.Close()
		waitFor(t, "the session", func() bool { _, ok := sessions.Load(c.pid); return ok })
		for j, h := range hosts {
			emit(t, h.Of("/").To("room"), fmt.Sprint("missed ", j))
		}
		c.join(hosts[(i+1)%2])
		wantEqual(t, c.id, id)
		wantEqual(t, c.hear(), "missed 0")
		wantEqual(t, c.hear(), "missed 1")
		s := hosts[(i+1)%2].Of("/").To("room").Sockets()[0]
		wantEqual(t, s.Data().(string), "data")
	}
}

func TestClientDoesNotComeBackToAProcessThatLacksAPacket(t *testing.T) {
	hosts, sessions := recoverableCluster(t)
	c := &returning{t: t}
	c.join(hosts[0])
	hosts[0].waitFor(c.id, true)
	emit(t, hosts[0].Of("/").To("room"), "heard")
	wantEqual(t, c.hear(), "heard")
	id := c.id
	c.Close()
	waitFor(t, "the session", func() bool { _, ok := sessions.Load(c.pid); return ok })

	nodes := hosts[0].Of("/").adapter.(store).c
	all := nodes.nodes
	nodes.nodes = all[:1] // the other process misses the packet
	emit(t, hosts[0].Of("/").To("room"), "lost on the way")
	nodes.nodes = all
	emit(t, hosts[0].Of("/").To("room"), "missed")
	c.join(hosts[1])
	wantEqual(t, c.id == id, false)
}
