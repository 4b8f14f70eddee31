// Command bare is the limit that a Socket.IO server in Go can come close to on
// this machine: it speaks just enough of the protocol for the load generator,
// over WebSocket only, and does nothing else. It trusts its clients, so it is
// of no other use.
//
// One thread waits by epoll for all connections, puts each broadcast's frame
// into the receivers' queues, and then writes to each connection once with all
// that is in its queue.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gobwas/ws"
)

const (
	pingInterval     = 25 * time.Second
	handshakeTimeout = 10 * time.Second
)

func main() {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	loop, err := newLoop()
	if err != nil {
		log.Fatal(err)
	}
	go accept(listener, loop)
	go func() {
		for range time.Tick(pingInterval) {
			loop.pingAll()
		}
	}()
	go func() {
		if err := loop.run(); err != nil {
			log.Fatal(err)
		}
	}()
	log.New(os.Stdout, "", 0).Printf("listening %s", listener.Addr())

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
}

func accept(listener net.Listener, loop *loop) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			if err := welcome(conn, loop); err != nil {
				log.Printf("connection refused: %v", err)
			}
		}()
	}
}

// welcome upgrades a connection to WebSocket and passes it to the loop.
func welcome(conn net.Conn, loop *loop) error {
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return err
	}
	if _, err := ws.Upgrade(conn); err != nil {
		return err
	}
	if _, err := conn.Write(openFrame); err != nil {
		return err
	}
	return loop.add(conn)
}
