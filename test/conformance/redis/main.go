//go:build unix

// Command redis is a server that shares its rooms through Redis, for tests together
// with npm's server. Clients send it commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/realserver"
	"partychat/socketio"
	"partychat/socketio/redisadapter"
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
func run(ctx context.Context) (err error) {
	specific := flag.Bool("specific", false, "send answers only to the process that asked")
	flag.Parse()
	redis, err := realserver.NewRedis(realserver.RedisOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, redis.Close()) }()
	if err := redis.Start(ctx); err != nil {
		return err
	}
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{redis.Address()}, DisableCache: true})
	if err != nil {
		return err
	}
	defer client.Close()
	link := redisadapter.New(client, redisadapter.Options{
		PublishOnSpecificResponseChannel: *specific, RequestsTimeout: 5 * time.Second,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	defer link.Close()
	s := socketio.NewServer(socketio.Options{NewAdapter: link.Adapter})
	register(s.Of("/"), link)

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", s)
	mux.HandleFunc("GET /redis", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, redis.URL()) })
	mux.HandleFunc("POST /redis/{do}", func(w http.ResponseWriter, r *http.Request) {
		do := redis.Kill
		if r.PathValue("do") == "start" {
			do = func() error { return errors.Join(redis.Start(ctx), link.Ready(ctx)) }
		}
		if err := do(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
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
	if err := link.Ready(ctx); err != nil {
		return err
	}
	fmt.Printf("listening on http://%s/socket.io/\n", listener.Addr())
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// selection is how clients select sockets.
type selection struct {
	Rooms, Except []string
	Local         bool
	Volatile      bool
	Timeout       int // of acknowledgements, in milliseconds
}

// register adds one event for each command.
func register(n *socketio.Namespace, link *redisadapter.Link) {
	n.OnConnect(func(s *socketio.Socket) {
		s.SetData(map[string]string{"name": "gopher"})
		s.Join("room of " + s.ID())
	})
	serverSide := n.ServerSide()
	serverSide.On("hello", func(e *socketio.ServerEvent) { report(n.Local().Emit("hello", e.Args.Values()...)) })
	serverSide.On("echo", func(e *socketio.ServerEvent) { report(e.Ack(e.Args[0].Value())) })

	// do adds an event whose first argument selects sockets; the other arguments
	// stay in e.
	do := func(event string, fn func(ctx context.Context, to socketio.Broadcast, e *socketio.Event) any) {
		n.On(event, func(ctx context.Context, _ *socketio.Socket, e *socketio.Event) {
			var sel selection
			report(e.Args.Decode(0, &sel))
			e.Args = e.Args[1:]
			to := n.To(sel.Rooms...).Except(sel.Except...).Timeout(time.Duration(sel.Timeout) * time.Millisecond)
			if sel.Local {
				to = to.Local()
			}
			if sel.Volatile {
				to = to.Volatile()
			}
			report(e.Ack(fn(ctx, to, e)))
		})
	}
	do("emit", func(_ context.Context, to socketio.Broadcast, e *socketio.Event) any {
		return to.Emit(text(e), e.Args[1:].Values()...) == nil
	})
	do("join", func(_ context.Context, to socketio.Broadcast, e *socketio.Event) any { to.Join(text(e)); return nil })
	do("leave", func(_ context.Context, to socketio.Broadcast, e *socketio.Event) any {
		to.Leave(text(e))
		return nil
	})
	do("disconnect all", func(_ context.Context, to socketio.Broadcast, _ *socketio.Event) any { to.Disconnect(true); return nil })
	do("fetch", func(ctx context.Context, to socketio.Broadcast, _ *socketio.Event) any {
		sockets, err := to.FetchSockets(ctx)
		return map[string]any{"sockets": sockets, "complete": err == nil}
	})
	do("ask", func(ctx context.Context, to socketio.Broadcast, e *socketio.Event) any {
		replies, err := to.EmitWithAck(ctx, text(e), e.Args[1:].Values()...)
		answers := []any{}
		for _, reply := range replies {
			answers = append(answers, reply.Args[0].Value())
		}
		return map[string]any{"answers": answers, "complete": err == nil}
	})
	do("server side", func(_ context.Context, _ socketio.Broadcast, e *socketio.Event) any {
		return serverSide.Emit(text(e), e.Args[1:].Values()...) == nil
	})
	do("server side ask", func(ctx context.Context, _ socketio.Broadcast, e *socketio.Event) any {
		answers, err := serverSide.EmitWithAck(ctx, text(e), e.Args[1:].Values()...)
		return map[string]any{"answers": socketio.Args(answers).Values(), "complete": err == nil}
	})
	do("all rooms", func(ctx context.Context, _ socketio.Broadcast, _ *socketio.Event) any {
		rooms, err := link.AllRooms(ctx, n.Name())
		report(err)
		return rooms
	})
}

// text decodes the first argument, a string.
func text(e *socketio.Event) (s string) {
	report(e.Args.Decode(0, &s))
	return s
}

func report(err error) {
	if err != nil && !errors.Is(err, socketio.ErrDisconnected) {
		log.Print(err)
	}
}
