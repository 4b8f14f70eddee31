package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// cluster connects the adapters of several servers like a message broker: everything crosses as JSON.
type cluster struct {
	mu    sync.Mutex
	nodes []*clusterNode
}

// clusterNode is an Adapter with every optional capability.
type clusterNode struct {
	Adapter
	ns *Namespace
	c  *cluster
}

func (c *cluster) newAdapter(n *Namespace) Adapter {
	node := &clusterNode{NewMemoryAdapter(n), n, c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes = append(c.nodes, node)
	return node
}

func (c *cluster) others(of *clusterNode) []*clusterNode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.nodes), func(n *clusterNode) bool {
		return n == of || n.ns.name != of.ns.name
	})
}

// carry passes a value through JSON.
func carry[T any](v T) (copied T) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &copied)
	}
	if err != nil {
		panic(err)
	}
	return copied
}

// carryEvent passes an event through JSON.
func carryEvent(out Outgoing) Outgoing {
	args, err := NewArgs(out.Args...)
	if err != nil {
		panic(err)
	}
	out.Args = carry(args).Values()
	return out
}

func (a *clusterNode) Broadcast(sel Selection, p *Packet) {
	a.Adapter.Broadcast(sel, p)
	if sel.Local {
		return
	}
	out, err := a.ns.Node().Decode(p)
	if err != nil {
		panic(err)
	}
	for _, other := range a.c.others(a) {
		p, err := other.ns.Node().Encode(carryEvent(out))
		if err != nil {
			panic(err)
		}
		other.Adapter.Broadcast(carry(sel), p)
	}
}

func (a *clusterNode) BroadcastWithAck(ctx context.Context, sel Selection, out Outgoing, acks Acks) (int, error) {
	others := a.c.others(a)
	for _, other := range others {
		go func() {
			if err := other.ns.Node().BroadcastWithAck(ctx, carry(sel), carryEvent(out), remoteAcks{acks}); err != nil {
				panic(err)
			}
		}()
	}
	return len(others), nil
}

// remoteAcks drops what cannot cross processes.
type remoteAcks struct{ Acks }

func (r remoteAcks) Answer(a AckReply) {
	if a.Err == nil {
		r.Acks.Answer(AckReply{Args: carry(a.Args)})
	}
}

func (a *clusterNode) FetchSockets(_ context.Context, sel Selection) (all []SocketDetails, err error) {
	for _, other := range a.c.others(a) {
		all = append(all, carry(other.ns.Node().Sockets(carry(sel)))...)
	}
	return all, nil
}

func (a *clusterNode) JoinSockets(sel Selection, rooms []string) error {
	for _, other := range a.c.others(a) {
		other.ns.Node().Select(sel).Join(rooms...)
	}
	return nil
}

func (a *clusterNode) LeaveSockets(sel Selection, rooms []string) error {
	for _, other := range a.c.others(a) {
		other.ns.Node().Select(sel).Leave(rooms...)
	}
	return nil
}

func (a *clusterNode) DisconnectSockets(sel Selection, closeTransport bool) error {
	for _, other := range a.c.others(a) {
		other.ns.Node().Select(sel).Disconnect(closeTransport)
	}
	return nil
}

func (a *clusterNode) ServerSideEmit(event string, args Args) error {
	for _, other := range a.c.others(a) {
		other.ns.Node().ServerSideEvent(event, carry(args), nil)
	}
	return nil
}

func (a *clusterNode) ServerSideEmitWithAck(ctx context.Context, event string, args Args) (answers []Arg, err error) {
	others := a.c.others(a)
	replies := make(chan Arg, len(others))
	for _, other := range others {
		other.ns.Node().ServerSideEvent(event, carry(args), func(reply Arg) { replies <- reply })
	}
	for range others {
		select {
		case reply := <-replies:
			answers = append(answers, carry(reply))
		case <-ctx.Done():
			return answers, ErrAckTimeout
		}
	}
	return answers, nil
}

// pair starts two servers of one cluster, each with a client in "room".
func pair(t *testing.T) (hosts []*host, peers []*peer, ids []string) {
	t.Helper()
	c := &cluster{}
	for range 2 {
		h := newHost(t, Options{NewAdapter: c.newAdapter})
		h.OnConnect(func(s *Socket) {
			s.SetData(map[string]string{"name": "ann"})
			s.Join("room")
		})
		p, id := h.join("/")
		waitFor(t, "the socket to be in the room", func() bool { return len(h.Of("/").To("room").Sockets()) == 1 })
		hosts, peers, ids = append(hosts, h), append(peers, p), append(ids, id)
	}
	return hosts, peers, ids
}

func TestSocketsOfOtherProcessesAreDescribed(t *testing.T) {
	hosts, _, ids := pair(t)
	n := hosts[0].Of("/")
	fetch := func(b Broadcast) (got []RemoteSocket) {
		t.Helper()
		got, err := b.FetchSockets(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := fetch(n.To("room"))
	wantEqual(t, len(got), 2)
	wantEqual(t, len(fetch(n.To("room").Except(ids[0]))), 1)
	wantEqual(t, len(fetch(n.To("room").Local())), 1)
	wantEqual(t, len(fetch(n.To("nobody"))), 0)
	for i, s := range got {
		var data struct{ Name string }
		if err := s.DecodeData(&data); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, s.ID, ids[i])
		wantEqual(t, data.Name, "ann")
		wantEqual(t, s.In("room") && s.In(s.ID), true)
		wantEqual(t, s.Handshake.Address, "127.0.0.1")
		wantEqual(t, s.Handshake.Query["q"], "1")
		wantEqual(t, s.Handshake.URL, "/socket.io/?q=1")
		wantEqual(t, string(s.Handshake.Auth), "{}")
	}
}

func TestSocketsOfOtherProcessesAreMovedAndDisconnected(t *testing.T) {
	hosts, peers, ids := pair(t)
	n := hosts[0].Of("/")
	remote := hosts[1].Of("/").To(ids[1]).Sockets()[0]

	n.To("room").Join("more")
	wantEqual(t, slices.Contains(remote.Rooms(), "more"), true)
	n.To("room").Local().Leave("more")
	wantEqual(t, slices.Contains(remote.Rooms(), "more"), true)
	n.To("room").Leave("more")
	wantEqual(t, slices.Contains(remote.Rooms(), "more"), false)

	found, err := n.To(ids[1]).FetchSockets(context.Background())
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if err := found[0].Select().Emit("hello"); err != nil {
		t.Fatal(err)
	}
	found[0].Select().Disconnect(false)
	peers[1].want(`2["hello"]`, "1")
	wantEqual(t, len(n.Sockets()), 1)
}

func TestSocketsOfOtherProcessesAcknowledgeBroadcasts(t *testing.T) {
	hosts, peers, _ := pair(t)
	type outcome struct {
		replies []AckReply
		err     error
	}
	ask := func(b Broadcast) <-chan outcome {
		done := make(chan outcome, 1)
		go func() {
			replies, err := b.EmitWithAck(context.Background(), "q")
			done <- outcome{replies, err}
		}()
		return done
	}
	room := hosts[0].Of("/").To("room")
	done := ask(room)
	for i, p := range peers {
		p.want(`20["q"]`)
		p.send(`30[` + []string{"0", "1"}[i] + `]`)
	}
	got := receive(t, done)
	wantEqual(t, got.err, nil)
	wantEqual(t, len(got.replies), 2)
	for _, r := range got.replies { // the other process's reply has no Socket
		wantEqual(t, string(r.Args[0].Raw()), map[bool]string{true: "0", false: "1"}[r.Socket != nil])
	}

	got = receive(t, ask(room.Timeout(50*time.Millisecond))) // nobody answers
	var missing *AckError
	if !errors.As(got.err, &missing) || !errors.Is(got.err, ErrAckTimeout) {
		t.Fatalf("got %v, want a time-out", got.err)
	}
	wantEqual(t, missing.Expected, 2)

	_, err := room.EmitWithAck(context.Background(), "q", make(chan int))
	wantEqual(t, err != nil, true)
}

func TestServerSideEventsGoToTheOtherProcesses(t *testing.T) {
	hosts, _, _ := pair(t)
	one, two := hosts[0].Of("/").ServerSide(), hosts[1].Of("/").ServerSide()
	heard := make(chan string, 2)
	one.On("news", func(*ServerEvent) { heard <- "the sender itself" })
	two.On("news", func(e *ServerEvent) {
		heard <- string(e.Args[0].Raw())
		wantEqual(t, e.Ack(1), ErrNoAck)
	})
	two.On("count", func(e *ServerEvent) {
		wantEqual(t, e.WantsAck(), true)
		wantEqual(t, e.Ack(make(chan int)) != nil, true)
		wantEqual(t, errors.Join(e.Ack(7), e.Ack(8)), nil)
	})
	two.On("panic", func(*ServerEvent) { panic("for the test") })
	wantEqual(t, one.Emit("panic"), nil)
	wantEqual(t, one.Emit("news", map[string]int{"n": 1}), nil)
	wantEqual(t, receive(t, heard), `{"n":1}`)

	answers, err := one.EmitWithAck(context.Background(), "count")
	if err != nil || len(answers) != 1 || string(answers[0].Raw()) != "7" {
		t.Errorf("got %v, %v, want 7", answers, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err = one.EmitWithAck(ctx, "nobody listens")
	wantEqual(t, errors.Is(err, ErrAckTimeout), true)

	for _, err := range []error{one.Emit("news", make(chan int)), newHost(t, Options{}).Of("/").ServerSide().Emit("news")} {
		wantEqual(t, err != nil, true)
	}
	_, err = newHost(t, Options{}).Of("/").ServerSide().EmitWithAck(context.Background(), "news")
	wantEqual(t, errors.Is(err, ErrAlone), true)
}
