// Command server is the server for the tests with official clients. It has the
// features that examples/interop lacks.
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
	"regexp"
	"sync"
	"syscall"
	"time"

	"partychat/engineio"
	"partychat/socketio"
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
	origin := flag.String("origin", "", "`origin` allowed in addition to the server's own")
	compressFrom := flag.Int("compress-from", 0, "compress WebSocket messages of at least this many `bytes`; 0: none")
	path := flag.String("path", "/socket.io/", "path of the server")
	port := flag.String("port", "0", "port on 127.0.0.1; 0 picks a free one")
	pingTimeout := flag.Duration("ping-timeout", 20*time.Second, "time to answer a heartbeat")
	clientFiles := flag.String("client-files", "", "`folder` of the browser client to serve")
	allowEIO3 := flag.Bool("allow-eio3", false, "accept Socket.IO 2.x clients")
	flag.Parse()
	opts := socketio.Options{
		Engine: engineio.Options{
			Path: *path, PingInterval: time.Second, PingTimeout: *pingTimeout,
			AllowedOrigins: []string{*origin}, CompressFrom: *compressFrom,
		},
		AckTimeout: time.Minute,
		AllowEIO3:  *allowEIO3,
	}
	if *clientFiles != "" {
		opts.ClientFiles = os.DirFS(*clientFiles)
	}
	s := socketio.NewServer(opts)
	register(s.Of("/"))
	private(s.Of("/private"))
	s.Of("/closed").Use(func(context.Context, *socketio.Socket) error { return errors.New("closed") })
	register(s.OfPattern(regexp.MustCompile(`^/dynamic-\d+$`)))

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", *port))
	if err != nil {
		return err
	}
	web := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		stopped <- errors.Join(s.Shutdown(ctx), web.Shutdown(ctx))
	}()
	fmt.Printf("listening on http://%s%s\n", listener.Addr(), *path)
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// private admits only clients that know the word.
func private(n *socketio.Namespace) {
	n.Use(func(_ context.Context, s *socketio.Socket) error {
		if string(s.Handshake().Auth) != `{"token":"right"}` {
			return &socketio.ConnectError{Message: "not authorized", Data: map[string]any{"code": 401, "retry": false}}
		}
		return nil
	})
	register(n)
}

// register adds one event for each feature that clients test.
func register(n *socketio.Namespace) {
	var mu sync.Mutex
	reasons := make(chan string, 16)
	n.OnConnect(func(s *socketio.Socket) { report(s.Emit("welcome", s.ID())) })
	n.OnDisconnect(func(_ *socketio.Socket, reason socketio.DisconnectReason) {
		mu.Lock()
		defer mu.Unlock()
		if len(reasons) == cap(reasons) {
			select {
			case <-reasons: // drops the oldest reason
			default:
			}
		}
		reasons <- string(reason)
	})
	n.On("echo", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		report(s.Emit("echo", e.Args.Values()...))
	})
	n.On("echo with ack", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		report(e.Ack(e.Args.Values()...))
	})
	socketio.OnAck0(n, "cookie", func(_ context.Context, s *socketio.Socket) string {
		return s.Handshake().Header.Get("Cookie")
	})
	socketio.OnAck0(n, "handshake", func(_ context.Context, s *socketio.Socket) any {
		h := s.Handshake()
		return map[string]any{"query": h.Query, "auth": h.Auth}
	})
	socketio.On0(n, "never acknowledged", func(context.Context, *socketio.Socket) {})
	askMe := func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		args, err := s.EmitAck(ctx, "question", e.Args.Values()...)
		if err != nil {
			report(e.Ack(err.Error()))
			return
		}
		report(e.Ack(args.Values()...))
	}
	n.On("ask me", askMe)
	n.On("ask me briefly", func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		askMe(ctx, s, e)
	})
	socketio.OnAck(n, "join", func(_ context.Context, s *socketio.Socket, room string) []string {
		s.Join(room)
		return s.Rooms()
	})
	socketio.OnAck(n, "leave", func(_ context.Context, s *socketio.Socket, room string) []string {
		s.Leave(room)
		return s.Rooms()
	})
	socketio.OnAck2(n, "to others", func(_ context.Context, s *socketio.Socket, room, text string) bool {
		return s.To(room).Emit("said", text) == nil
	})
	socketio.OnAck2(n, "to all", func(_ context.Context, _ *socketio.Socket, room, text string) bool {
		return n.To(room).Emit("said", text) == nil
	})
	socketio.OnAck2(n, "to the rest", func(_ context.Context, _ *socketio.Socket, room, text string) bool {
		return n.Except(room).Emit("said", text) == nil
	})
	socketio.OnAck2(n, "move", func(_ context.Context, _ *socketio.Socket, from, to string) int {
		moved := n.To(from)
		moved.Join(to)
		moved.Leave(from)
		return len(n.To(to).Sockets())
	})
	socketio.OnAck(n, "ask all", func(ctx context.Context, _ *socketio.Socket, room string) []any {
		replies, err := n.To(room).Timeout(2*time.Second).EmitWithAck(ctx, "question", "all")
		answers := make([]any, 0, len(replies)+1)
		for _, reply := range replies {
			var answer any
			report(reply.Args.Decode(0, &answer))
			answers = append(answers, answer)
		}
		if err != nil {
			answers = append(answers, err.Error())
		}
		return answers
	})
	socketio.On(n, "disconnect room", func(_ context.Context, _ *socketio.Socket, room string) {
		n.To(room).Disconnect(false)
	})
	n.OnAny(func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		names, _ := s.Data().([]string)
		s.SetData(append(names, e.Name))
	})
	socketio.OnAck0(n, "seen", func(_ context.Context, s *socketio.Socket) any { return s.Data() })
	socketio.OnAck(n, "volatile", func(_ context.Context, s *socketio.Socket, text string) bool {
		return s.Volatile().Emit("said", text) == nil
	})
	socketio.On(n, "disconnect me", func(_ context.Context, s *socketio.Socket, closeTransport bool) {
		s.Disconnect(closeTransport)
	})
	socketio.On(n, "cut me", func(_ context.Context, s *socketio.Socket, _ bool) {
		s.Session().Close(engineio.ReasonForcedClose)
	})
	socketio.OnAck0(n, "last reason", func(ctx context.Context, _ *socketio.Socket) string {
		select {
		case reason := <-reasons:
			return reason
		case <-time.After(2 * time.Second):
			return "none"
		case <-ctx.Done():
			return "gone"
		}
	})
}

func report(err error) {
	if err != nil {
		log.Print(err)
	}
}
