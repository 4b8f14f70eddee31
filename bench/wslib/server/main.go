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
	// readBuffer is the size of each connection's read buffer, in bytes.
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

// acceptor is a library in use.
type acceptor interface {
	// accept answers a WebSocket request. Each connection reads on a new goroutine,
	// so that the request's goroutine and buffers can be released.
	accept(w http.ResponseWriter, r *http.Request) error
	// prepare prepares a text for many receivers; done is called when it has been
	// sent to all.
	prepare(text []byte) (m any, done func())
}

// conn is a connection. Its methods are safe for concurrent use. They return no
// errors, because the reader notices a closed connection.
type conn interface {
	write(text []byte)
	// send sends a prepared text.
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
