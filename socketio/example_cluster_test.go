package socketio_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"

	"partychat/socketio"
)

// network connects processes, in place of a message broker.
type network struct{ nodes []*node }

// node is an adapter that reaches the sockets and handlers of other processes.
type node struct {
	socketio.Adapter
	here    socketio.Node
	network *network
}

func (w *network) newAdapter(n *socketio.Namespace) socketio.Adapter {
	a := &node{socketio.NewMemoryAdapter(n), n.Node(), w}
	w.nodes = append(w.nodes, a)
	return a
}

func (a *node) others(do func(other socketio.Node)) {
	for _, other := range a.network.nodes {
		if other != a {
			do(other.here)
		}
	}
}

// FetchSockets and the next three are socketio.RemoteSockets.
func (a *node) FetchSockets(_ context.Context, sel socketio.Selection) (all []socketio.SocketDetails, err error) {
	a.others(func(other socketio.Node) { all = append(all, other.Sockets(sel)...) })
	return all, nil
}

func (a *node) JoinSockets(sel socketio.Selection, rooms []string) error {
	a.others(func(other socketio.Node) { other.Select(sel).Join(rooms...) })
	return nil
}

func (a *node) LeaveSockets(sel socketio.Selection, rooms []string) error {
	a.others(func(other socketio.Node) { other.Select(sel).Leave(rooms...) })
	return nil
}

func (a *node) DisconnectSockets(sel socketio.Selection, closeTransport bool) error {
	a.others(func(other socketio.Node) { other.Select(sel).Disconnect(closeTransport) })
	return nil
}

// ServerSideEmit and the next one are socketio.ServerSideEmitter.
func (a *node) ServerSideEmit(event string, args socketio.Args) error {
	a.others(func(other socketio.Node) { other.ServerSideEvent(event, args, nil) })
	return nil
}

func (a *node) ServerSideEmitWithAck(_ context.Context, event string, args socketio.Args) (answers []socketio.Arg, err error) {
	var mu sync.Mutex
	a.others(func(other socketio.Node) {
		other.ServerSideEvent(event, args, func(reply socketio.Arg) {
			mu.Lock()
			defer mu.Unlock()
			answers = append(answers, reply)
		})
	})
	return answers, nil // a real adapter waits for them until the context ends
}

// Each process can describe and move the sockets of all processes.
func ExampleBroadcast_FetchSockets() {
	shared := &network{}
	one := socketio.NewServer(socketio.Options{NewAdapter: shared.newAdapter})
	two := socketio.NewServer(socketio.Options{
		NewAdapter: shared.newAdapter,
		NewID:      func(_ *socketio.Namespace, h socketio.Handshake) string { return h.Query.Get("id") },
	})
	two.OnConnect(func(s *socketio.Socket) {
		s.SetData(map[string]string{"name": "ann"})
		s.Join("lobby")
		_ = s.Emit("ready") // fails if the client has gone already
	})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery += "&id=7" // as a client's io({query: {id: 7}}) adds it
		two.ServeHTTP(w, r)
	}))
	defer web.Close()
	c := dial(web.URL, "")
	defer c.Close()
	c.hear()

	one.Of("/").To("lobby").Join("dance floor")
	sockets, err := one.Of("/").To("lobby").FetchSockets(context.Background())
	if err != nil {
		fmt.Println(err)
	}
	for _, s := range sockets {
		var data struct{ Name string }
		if err := s.DecodeData(&data); err != nil {
			fmt.Println(err)
		}
		fmt.Println(s.ID, data.Name, s.Rooms)
	}
	// Output: 7 ann [7 lobby dance floor]
}

// Processes exchange events that clients do not see, and answer each other.
func ExampleServerSide() {
	shared := &network{}
	one := socketio.NewServer(socketio.Options{NewAdapter: shared.newAdapter}).Of("/").ServerSide()
	two := socketio.NewServer(socketio.Options{NewAdapter: shared.newAdapter}).Of("/").ServerSide()
	two.On("reload", func(e *socketio.ServerEvent) {
		var what string
		if err := e.Args.Decode(0, &what); err != nil {
			fmt.Println(err)
		}
		fmt.Println("reloading", what)
	})
	two.On("load", func(e *socketio.ServerEvent) { _ = e.Ack(0.5) }) // fails if nobody waits

	if err := one.Emit("reload", "settings"); err != nil {
		fmt.Println(err)
	}
	answers, err := one.EmitWithAck(context.Background(), "load")
	if err != nil {
		fmt.Println(err)
	}
	for _, answer := range answers {
		fmt.Println("load:", string(answer.Raw()))
	}
	// Output:
	// reloading settings
	// load: 0.5
}
