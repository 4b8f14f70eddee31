package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing/fstest"
	"time"

	"partychat/socketio"
)

// Message is what the clients of the example send.
type Message struct {
	Room string `json:"room"`
	Body string `json:"body"`
}

// Reply is the acknowledgement that they receive.
type Reply struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// A chat: clients log in, join rooms and send messages to them.
func Example() {
	server := socketio.NewServer(socketio.Options{})
	chat := server.Of("/")

	// Middleware admits only clients that send a name: io({auth: {name: "ann"}}).
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
	chat.OnBadArgument(func(_ *socketio.Socket, event string, _ error) any {
		return Reply{Error: event + " does not take that"}
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

	ann, bob := dial(web.URL, `{"name":"ann"}`), dial(web.URL, `{"name":"bob"}`)
	defer ann.Close()
	fmt.Println("ann hears", ann.hear())
	fmt.Println("bob hears", bob.hear())
	fmt.Println("bob is in", bob.ask("join", "music"))
	fmt.Println("ann is told", ann.ask("message", Message{Room: "music", Body: "hello"}))
	fmt.Println("bob hears", bob.hear())
	fmt.Println("bob is told", bob.ask("message", "hi"))
	bob.Close()
	fmt.Println("ann hears", ann.hear())

	// At shutdown, clients learn that they should reconnect later.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ann.Close() // this client would not answer
	if err := server.Shutdown(ctx); err == nil {
		fmt.Println("all have left")
	}
	// Output:
	// ann hears ["welcome","ann"]
	// bob hears ["welcome","bob"]
	// bob is in [["lobby","music"]]
	// ann is told [{"ok":true}]
	// bob hears ["message","ann","hello"]
	// bob is told [{"ok":false,"error":"message does not take that"}]
	// ann hears ["left","bob"]
	// all have left
}

// For more than two arguments, or several answers, handle the event itself; here the last argument is
// binary.
func ExampleNamespace_On() {
	server := socketio.NewServer(socketio.Options{})
	server.Of("/").On("upload", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		var folder, name string
		var data []byte
		if err := errors.Join(e.Args.Decode(0, &folder), e.Args.Decode(1, &name), e.Args.Decode(2, &data)); err != nil {
			_ = e.Ack("bad arguments") // fails if the client asked for no answer
			return
		}
		_ = e.Ack(nil, folder+"/"+name, len(data))
	})
	web := httptest.NewServer(server)
	defer web.Close()

	c := dial(web.URL, "")
	defer c.Close()
	fmt.Println(c.ask("upload", "pictures", "cat.png", []byte("meow")))
	fmt.Println(c.ask("upload", "pictures"))
	// Output:
	// [null,"pictures/cat.png",4]
	// ["bad arguments"]
}

// One handler serves all namespaces that a pattern matches.
func ExampleServer_OfPattern() {
	server := socketio.NewServer(socketio.Options{})
	teams := server.OfPattern(regexp.MustCompile(`^/team-\d+$`))
	socketio.OnAck0(teams, "where", func(_ context.Context, s *socketio.Socket) string { return s.Namespace().Name() })
	web := httptest.NewServer(server)
	defer web.Close()

	c := dial(web.URL, "")
	defer c.Close()
	c.write("0/team-7,") // io("/team-7")
	c.read()
	c.write(`2/team-7,0["where"]`)
	fmt.Println(c.read())
	// Output: 3/team-7,0["/team-7"]
}

// The browser client is served from npm's package.
func ExampleOptions_clientFiles() {
	dist := fstest.MapFS{"socket.io.min.js": {Data: []byte("…")}} // os.DirFS("node_modules/socket.io-client/dist")
	web := httptest.NewServer(socketio.NewServer(socketio.Options{ClientFiles: dist}))
	defer web.Close()

	resp, err := http.Get(web.URL + "/socket.io/socket.io.min.js")
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	fmt.Println(resp.Status, resp.Header.Get("Content-Type"))
	// Output: 200 OK application/javascript; charset=utf-8
}

// bus carries packets to all processes, as Redis would.
type bus struct{ adapters []*clustered }

// clustered is an adapter that also delivers in other processes.
type clustered struct {
	socketio.Adapter // of this process
	bus              *bus
}

func (b *bus) newAdapter(n *socketio.Namespace) socketio.Adapter {
	a := &clustered{socketio.NewMemoryAdapter(n), b}
	b.adapters = append(b.adapters, a)
	return a
}

func (a *clustered) Broadcast(sel socketio.Selection, p *socketio.Packet) {
	a.Adapter.Broadcast(sel, p)
	if sel.Local {
		return
	}
	text, attachments, volatile := p.Parts() // this is what goes over the network
	for _, other := range a.bus.adapters {
		if other != a {
			other.Adapter.Broadcast(sel, socketio.NewPacket(text, attachments, volatile))
		}
	}
}

func ExampleAdapter() {
	shared := &bus{}
	one := socketio.NewServer(socketio.Options{NewAdapter: shared.newAdapter})
	two := socketio.NewServer(socketio.Options{NewAdapter: shared.newAdapter})
	two.OnConnect(func(s *socketio.Socket) {
		s.Join("news")
		_ = s.Emit("ready")
	})
	web := httptest.NewServer(two)
	defer web.Close()

	c := dial(web.URL, "")
	defer c.Close()
	fmt.Println(c.hear())
	if err := one.Of("/").To("news").Emit("headline", "from another process"); err != nil {
		fmt.Println(err)
	}
	fmt.Println(c.hear())
	// Output:
	// ["ready"]
	// ["headline","from another process"]
}

// A handler asks the client and continues with the answer.
func ExampleEmitAck() {
	server := socketio.NewServer(socketio.Options{})
	socketio.On0(server.Of("/"), "ready", func(ctx context.Context, s *socketio.Socket) {
		zone, err := socketio.EmitAck[string](ctx, s, "which zone")
		if err != nil {
			return // timed out, or the socket is gone
		}
		_ = s.Emit("noted", zone)
	})
	web := httptest.NewServer(server)
	defer web.Close()

	c := dial(web.URL, "")
	defer c.Close()
	c.emit("ready")
	fmt.Println(c.hear())
	c.answer("0", "Europe/Vienna") // socket.on("which zone", (answer) => answer("Europe/Vienna"))
	fmt.Println(c.hear())
	// Output:
	// 0["which zone"]
	// ["noted","Europe/Vienna"]
}

// Rooms select sockets, to send to them or to move them.
func ExampleNamespace_To() {
	server := socketio.NewServer(socketio.Options{})
	news := server.Of("/")
	socketio.OnAck(news, "subscribe", func(_ context.Context, s *socketio.Socket, topics []string) int {
		s.Join(topics...)
		return len(topics)
	})
	web := httptest.NewServer(server)
	defer web.Close()

	ann, bob := dial(web.URL, ""), dial(web.URL, "")
	defer ann.Close()
	defer bob.Close()
	ann.ask("subscribe", []string{"sports", "weather"})
	bob.ask("subscribe", []string{"sports", "muted"})
	if err := news.To("sports", "weather").Except("muted").Emit("headline", "It rains at the match"); err != nil {
		fmt.Println(err)
	}
	news.To("sports").Join("match")
	news.To("muted").Leave("sports", "muted")
	if err := news.To("match").Emit("score", 1, 0); err != nil {
		fmt.Println(err)
	}
	fmt.Println(ann.hear(), ann.hear())
	fmt.Println(bob.hear())
	fmt.Println(len(news.To("sports").Sockets()), "of", len(news.Sockets()))
	// Output:
	// ["headline","It rains at the match"] ["score",1,0]
	// ["score",1,0]
	// 1 of 2
}
