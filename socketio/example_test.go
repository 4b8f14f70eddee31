package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"partychat/socketio"
)

// Message is what the clients of the example send.
type Message struct {
	Room string `json:"room"`
	Body string `json:"body"`
}

// Reply is what they get as the acknowledgement.
type Reply struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// A chat: clients log in, join rooms and send messages to them.
func Example() {
	server := socketio.NewServer(socketio.Options{})
	chat := server.Of("/")

	// Middleware lets in only who says a name: io({auth: {name: "ann"}}).
	chat.Use(func(_ context.Context, s *socketio.Socket) error {
		var auth struct{ Name string }
		if err := s.Handshake().DecodeAuth(&auth); err != nil || auth.Name == "" {
			return &socketio.ConnectError{Message: "please log in", Data: map[string]string{"code": "unauthorized"}}
		}
		s.SetData(auth.Name)
		return nil
	})
	chat.OnConnect(func(s *socketio.Socket) {
		s.Join("lobby")
		_ = s.Emit("welcome", s.Data()) // fails if the client has gone already
	})

	// socket.emit("join", "music", (rooms) => …)
	socketio.OnAck(chat, "join", func(_ context.Context, s *socketio.Socket, room string) []string {
		s.Join(room)
		return s.Rooms()
	})
	// socket.emit("message", {room: "lobby", body: "hello"}, (reply) => …)
	socketio.OnAck(chat, "message", func(_ context.Context, s *socketio.Socket, m Message) Reply {
		if err := s.To(m.Room).Emit("message", s.Data(), m.Body); err != nil { // to all there but the sender
			return Reply{Error: err.Error()}
		}
		return Reply{OK: true}
	})
	chat.OnBadArgument(func(_ *socketio.Socket, event string, err error) any {
		return Reply{Error: event + ": " + err.Error()}
	})
	chat.OnDisconnecting(func(s *socketio.Socket, _ socketio.DisconnectReason, rooms []string) {
		if err := chat.To(rooms...).Emit("left", s.Data()); err != nil {
			fmt.Println(err)
		}
	})

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", server)
	web := httptest.NewServer(mux) // or http.ListenAndServe
	defer web.Close()

	resp, err := http.Get(web.URL + "/socket.io/?EIO=4&transport=polling")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)

	// On the way out, clients are told to come back later:
	if err := server.Shutdown(context.Background()); err == nil {
		fmt.Println("all sockets are disconnected")
	}
	// Output:
	// 200 OK
	// all sockets are disconnected
}

// An event with more than two arguments, some of them binary.
func ExampleNamespace_On() {
	server := socketio.NewServer(socketio.Options{})
	server.Of("/").On("upload", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		var name string
		var data []byte
		if err := errors.Join(e.Args.Decode(0, &name), e.Args.Decode(1, &data)); err != nil {
			_ = e.Ack("bad arguments") // fails if the client asked for no answer
			return
		}
		_ = e.Ack(nil, len(data))
	})
}

// The browser's client is served from npm's package.
func ExampleOptions_clientFiles() {
	server := socketio.NewServer(socketio.Options{
		ClientFiles: os.DirFS("node_modules/socket.io-client/dist"),
	})
	http.Handle("/socket.io/", server) // with /socket.io/socket.io.min.js
}

// bus carries packets to other processes, and theirs to receive.
type bus interface {
	publish(namespace string, sel socketio.Selection, text []byte, attachments [][]byte, volatile bool)
	subscribe(namespace string, receive func(sel socketio.Selection, text []byte, attachments [][]byte, volatile bool))
}

// clustered is an adapter that delivers in other processes, too.
type clustered struct {
	socketio.Adapter // of this process
	namespace        string
	bus              bus
}

func (c *clustered) Broadcast(sel socketio.Selection, p *socketio.Packet) {
	c.Adapter.Broadcast(sel, p)
	if !sel.Local {
		text, attachments, volatile := p.Parts()
		c.bus.publish(c.namespace, sel, text, attachments, volatile)
	}
}

func ExampleAdapter() {
	var shared bus // for example on Redis
	newAdapter := func(n *socketio.Namespace) socketio.Adapter {
		local := socketio.NewMemoryAdapter(n)
		shared.subscribe(n.Name(), func(sel socketio.Selection, text []byte, attachments [][]byte, volatile bool) {
			local.Broadcast(sel, socketio.NewPacket(text, attachments, volatile))
		})
		return &clustered{Adapter: local, namespace: n.Name(), bus: shared}
	}
	_ = socketio.Options{NewAdapter: newAdapter}
}

func ExampleEmitAck() {
	server := socketio.NewServer(socketio.Options{})
	socketio.On0(server.Of("/"), "ready", func(ctx context.Context, s *socketio.Socket) {
		zone, err := socketio.EmitAck[string](ctx, s, "which zone")
		if err != nil {
			return // timed out, or the socket is gone
		}
		s.SetData(zone)
	})
}

func ExampleNamespace_To() {
	server := socketio.NewServer(socketio.Options{})
	news := server.Of("/news")
	if err := news.To("sports", "weather").Except("muted").Emit("headline", "It rains at the match"); err != nil {
		fmt.Println(err)
	}
}
