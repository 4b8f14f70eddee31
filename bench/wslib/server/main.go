// Command server is a bare broadcast server on one of the WebSocket libraries
// that are compared. It prints "listening ADDRESS" when it is ready.
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
	"syscall"
	"time"
)

const (
	pingInterval      = 25 * time.Second
	readHeaderTimeout = 10 * time.Second
	// readBuffer is what each connection reads with, in bytes.
	readBuffer = 512
)

func main() {
	name := flag.String("library", "", "gorilla, gws or gobwas")
	join := flag.Bool("join", false, "join the writes of a connection")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := serve(ctx, *name, *join)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// library is a WebSocket library.
type library struct {
	name string
	make func(s *server) acceptor
}

var libraries = []library{
	{"gorilla", newGorilla},
	{"gws", newGWS},
	{"gobwas", newGobwas},
}

// acceptor is a library at work.
type acceptor interface {
	// accept answers a request for a WebSocket. Connections read on a
	// goroutine of their own, and leave the request's with its buffers.
	accept(w http.ResponseWriter, r *http.Request) error
	// prepare makes a text that many are to be sent, and what to call when it
	// has been sent to all.
	prepare(text []byte) (m any, done func())
}

// conn is a connection. Its methods may be called from any goroutine; they
// report no errors, for whoever reads sees the end.
type conn interface {
	write(text []byte)
	// send sends what its library has prepared.
	send(m any)
}

// serve serves until the context ends.
func serve(ctx context.Context, name string, join bool) error {
	s := &server{rooms: make(map[string][]conn)}
	for _, l := range libraries {
		if l.name == name {
			s.acceptor = l.make(s)
		}
	}
	if s.acceptor == nil {
		return fmt.Errorf("there is no library %q", name)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if join {
		f := newFlusher()
		listener = joinListener{listener, f}
		go f.run()
	}
	go s.heartbeat(ctx)
	web := &http.Server{
		ReadHeaderTimeout: readHeaderTimeout,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := s.acceptor.accept(w, r); err != nil {
				log.Printf("connection refused: %v", err)
			}
		}),
	}
	log.New(os.Stdout, "", 0).Printf("listening %s", listener.Addr())
	context.AfterFunc(ctx, func() { web.Close() })
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
