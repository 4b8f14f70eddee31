// Command interop is a small server for testing any Engine.IO or Socket.IO client, or for running a
// protocol's test suite against.
//
//	go run ./examples/interop engineio --port 3000
//	go run ./examples/interop socketio --port 3000
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"partychat/engineio"
	"partychat/socketio"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

// server is an Engine.IO or Socket.IO server.
type server interface {
	http.Handler
	Shutdown(context.Context) error
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("the first argument must be engineio or socketio")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	port := flags.Int("port", 3000, "port on 127.0.0.1; 0 picks a free one")
	connectTimeout := flags.Duration("connect-timeout", time.Second, "time to join a namespace (socketio)")
	origin := flags.String("origin", "*", "`origin` allowed in addition to the server's own")
	var opts engineio.Options
	flags.DurationVar(&opts.PingInterval, "ping-interval", 300*time.Millisecond, "time between heartbeats")
	flags.DurationVar(&opts.PingTimeout, "ping-timeout", 200*time.Millisecond, "time to answer a heartbeat")
	flags.DurationVar(&opts.UpgradeTimeout, "upgrade-timeout", 10*time.Second, "time to finish an upgrade")
	flags.Int64Var(&opts.MaxPayload, "max-payload", 1_000_000, "largest body and message, in bytes")
	flags.IntVar(&opts.CompressFrom, "compress-from", 0, "compress WebSocket messages of at least this many `bytes`; 0: none")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	opts.AllowedOrigins = []string{*origin}

	var s server
	path := "/" + map[string]string{"engineio": "engine.io", "socketio": "socket.io"}[args[0]] + "/"
	switch args[0] {
	case "engineio":
		s = newEcho(opts)
	case "socketio":
		s = newSocketServer(socketio.Options{Engine: opts, ConnectTimeout: *connectTimeout})
	default:
		return fmt.Errorf("unknown server %q", args[0])
	}
	return serve(ctx, s, path, *port)
}

// serve serves until the context ends.
func serve(ctx context.Context, s server, path string, port int) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(path, s)
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- errors.Join(s.Shutdown(ctx), web.Shutdown(ctx))
	}()
	fmt.Printf("listening on http://%s%s\n", listener.Addr(), path)
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
