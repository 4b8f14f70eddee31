// Command features is a server with optional features for the tests with official
// clients. Its counterpart for npm's server is official.js.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/crypto/bcrypt"

	"partychat/engineio"
	"partychat/socketio"
	"partychat/socketio/adminui"
	"partychat/socketio/msgpack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// run serves until the context ends.
func run(ctx context.Context) error {
	recovery := flag.Duration("recovery", time.Minute, "how long clients can come back")
	useMsgpack := flag.Bool("msgpack", false, "use the msgpack parser")
	adminPage := flag.String("admin-page", "", "`folder` of the admin page; its user is admin, the password secret")
	readOnly := flag.Bool("read-only", false, "disable the admin page's commands")
	flag.Parse()
	refused := &refusals{}
	var ids atomic.Int64
	opts := socketio.Options{
		Recovery: socketio.Recovery{MaxDuration: *recovery},
		Engine: engineio.Options{
			PingInterval: time.Second, PingTimeout: 20 * time.Second,
			AllowedOrigins: []string{"https://friend.example"},
			CORS: engineio.CORS{
				Methods: []string{"GET", "POST"}, Headers: []string{"X-Token"}, ExposedHeaders: []string{"X-Initial"}, MaxAge: time.Minute,
			},
			Cookie:            &http.Cookie{},
			NewID:             func(*http.Request) (string, error) { return fmt.Sprintf("engine-%d", ids.Add(1)), nil },
			OnConnectionError: refused.add,
			OnHeaders: func(h http.Header, _ *http.Request, initial bool) {
				if initial {
					h.Set("X-Initial", "yes")
				}
			},
			AllowRequest: func(r *http.Request) error {
				if r.Header.Get("X-Banned") != "" {
					return errors.New("you are banned")
				}
				return nil
			},
		},
	}
	if *useMsgpack {
		opts.Parser = msgpack.Parser{}
	}
	traffic := &engineio.Traffic{}
	opts.Engine.Traffic = traffic
	s := socketio.NewServer(opts)
	register(s.Of("/"))
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", s)
	if *adminPage != "" {
		hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
		if err != nil {
			return err
		}
		admin, err := adminui.Instrument(s, adminui.Options{ //nolint:contextcheck // it ends by Close
			Username: "admin", PasswordHash: string(hash), ReadOnly: *readOnly, Traffic: traffic, Interval: 200 * time.Millisecond,
		})
		if err != nil {
			return err
		}
		defer admin.Close()
		mux.Handle("/", http.FileServer(http.Dir(*adminPage)))
	}
	socketio.OnAck0(s.Of("/"), "refused", func(context.Context, *socketio.Socket) any { return refused.take() })

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		stopped <- errors.Join(s.Shutdown(ctx), web.Shutdown(ctx))
	}()
	fmt.Printf("listening on http://%s/socket.io/\n", listener.Addr())
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// refusals records the calls of OnConnectionError.
type refusals struct {
	mu  sync.Mutex
	all []any
}

func (r *refusals) add(e engineio.ConnectionError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(e.Context, "error")
	r.all = append(r.all, map[string]any{"code": e.Code, "message": e.Message, "context": e.Context})
}

func (r *refusals) take() []any {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

// register adds one event for each feature that clients test.
func register(n *socketio.Namespace) {
	var sent sync.Map
	n.OnAnyOutgoing(func(s *socketio.Socket, event string, _ socketio.Args) {
		sent.Store(s.ID(), append(names(&sent, s), event))
	})
	n.UseEvent(func(_ context.Context, _ *socketio.Socket, e *socketio.Event) error {
		if e.Name == "forbidden" {
			return errors.New("not allowed")
		}
		return nil
	})
	n.OnConnect(func(s *socketio.Socket) {
		if !s.Recovered() {
			s.SetData(map[string]string{"name": "ann"})
			s.Join("room of " + s.ID())
		}
		report(s.Emit("welcome", s.Recovered()))
	})
	socketio.OnAck0(n, "who am I", func(_ context.Context, s *socketio.Socket) any {
		return map[string]any{"id": s.ID(), "rooms": s.Rooms(), "data": s.Data(), "recovered": s.Recovered()}
	})
	socketio.On0(n, "cut me", func(_ context.Context, s *socketio.Socket) {
		s.Session().Close(engineio.ReasonForcedClose)
	})
	n.OnDisconnect(func(s *socketio.Socket, reason socketio.DisconnectReason) {
		report(n.To("room of "+s.ID()).Emit("missed", "in a room", string(reason)))
		report(n.To(s.ID()).Emit("missed", "alone", []byte("binary")))
		report(n.Except("room of "+s.ID()).Emit("missed", "the others only"))
	})
	socketio.OnAck2(n, "join", func(_ context.Context, s *socketio.Socket, room string, other string) bool {
		n.To(s.ID(), other).Join(room)
		return true
	})
	socketio.OnAck(n, "ask all", func(ctx context.Context, _ *socketio.Socket, room string) any {
		replies, err := n.To(room).Timeout(2*time.Second).EmitWithAck(ctx, "question")
		answers := []any{}
		for _, reply := range replies {
			answers = append(answers, reply.Args[0].Value())
		}
		return map[string]any{"complete": err == nil, "answers": answers}
	})
	socketio.OnAck(n, "fetch", func(ctx context.Context, _ *socketio.Socket, room string) any {
		sockets, err := n.To(room).FetchSockets(ctx)
		report(err)
		return sockets
	})
	socketio.On(n, "disconnect room", func(_ context.Context, _ *socketio.Socket, room string) {
		n.To(room).Disconnect(true)
	})
	socketio.OnAck0(n, "forbidden", func(context.Context, *socketio.Socket) string { return "reached" })
	socketio.OnAck0(n, "sent", func(_ context.Context, s *socketio.Socket) []string { return names(&sent, s) })
	n.On("echo", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		report(s.Emit("echo", e.Args.Values()...))
		report(e.Ack(e.Args.Values()...))
	})
}

// names returns the names of the events sent to a socket.
func names(sent *sync.Map, s *socketio.Socket) []string {
	v, _ := sent.Load(s.ID())
	list, _ := v.([]string)
	return list
}

func report(err error) {
	if err != nil && !errors.Is(err, socketio.ErrDisconnected) {
		log.Print(err)
	}
}
