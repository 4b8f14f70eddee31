package main

import (
	"context"
	"encoding/json"
	"log"
	"time"

	"partychat/socketio"
)

func newSocketServer(opts socketio.Options) *socketio.Server {
	s := socketio.NewServer(opts)
	s.Of("/").OnConnect(sendAuth)
	s.Of("/custom").OnConnect(sendAuth)

	n := s.Of("/")
	n.On("message", func(_ context.Context, s *socketio.Socket, e *socketio.Event) {
		report(s.Emit("message-back", e.Args.Values()...))
	})
	n.On("message-with-ack", func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		report(e.Ack(e.Args.Values()...))
	})
	socketio.OnAck(n, "join", func(_ context.Context, s *socketio.Socket, room string) string {
		s.Join(room)
		return room
	})
	socketio.OnAck2(n, "bcast", func(_ context.Context, _ *socketio.Socket, room string, value socketio.Arg) string {
		report(n.To(room).Emit("m", value.Value()))
		return room
	})
	return s
}

// authAfter delays a socket's first event. The Socket.IO protocol's test suite awaits one message at a
// time, and loses one that arrives in the same read as the answer to CONNECT.
const authAfter = 40 * time.Millisecond

// sendAuth sends a new socket the auth of its handshake.
func sendAuth(s *socketio.Socket) {
	auth := s.Handshake().Auth
	if auth == nil {
		auth = json.RawMessage("{}")
	}
	time.AfterFunc(authAfter, func() { report(s.Emit("auth", auth)) })
}

func report(err error) {
	if err != nil {
		log.Print(err)
	}
}
