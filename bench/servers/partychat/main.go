// Command partychat is a small server on package socketio, for the load generator:
// "join" (room, ack) joins a room; "bcast" (room, value, ack) emits "m" (value) to
// it. It prints "listening ADDRESS" when it is ready.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"partychat/socketio"
)

// shutdownTimeout limits the shutdown.
const shutdownTimeout = 5 * time.Second

func main() {
	cpu := flag.String("cpuprofile", "", "write a CPU profile of the whole run to this `file`")
	allocs := flag.String("allocprofile", "", "write a profile of all allocations to this `file` at the end")
	flag.Parse()
	if err := profiled(*cpu, *allocs, serve); err != nil {
		log.Fatal(err)
	}
}

func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	io := newServer()
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: shutdownTimeout}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- errors.Join(io.Shutdown(ctx), server.Shutdown(ctx))
	}()
	log.New(os.Stdout, "", 0).Printf("listening %s", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// ok is the answer to every command.
type ok struct{}

func newServer() *socketio.Server {
	io := socketio.NewServer(socketio.Options{
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	root := io.Of("/")
	socketio.OnAck(root, "join", func(_ context.Context, s *socketio.Socket, room string) ok {
		s.Join(room)
		return ok{}
	})
	socketio.OnAck2(root, "bcast", func(_ context.Context, _ *socketio.Socket, room, value string) ok {
		if err := root.To(room).Emit("m", value); err != nil {
			log.Print(err)
		}
		return ok{}
	})
	return io
}
