package socketio_test

import (
	"context"
	"fmt"
	"net/http"

	"partychat/socketio"
)

// Message is what the clients of the example send.
type Message struct {
	Room string `json:"room"`
	Body string `json:"body"`
}

// Reply is what they get as the acknowledgement.
type Reply struct {
	OK bool `json:"ok"`
}

func Example() {
	server := socketio.NewServer(socketio.Options{})
	chat := server.Of("/")

	chat.Use(func(_ context.Context, s *socketio.Socket) error {
		if s.Handshake().Auth == nil {
			return &socketio.ConnectError{Message: "please log in", Data: map[string]string{"code": "unauthorized"}}
		}
		return nil
	})
	chat.OnConnect(func(s *socketio.Socket) { s.Join("lobby") })
	socketio.OnAck(chat, "message", func(_ context.Context, s *socketio.Socket, m Message) Reply {
		err := s.To(m.Room).Emit("message", m) // to all in the room but the sender
		return Reply{OK: err == nil}
	})

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", server)

	// On the way out:
	if err := server.Shutdown(context.Background()); err == nil {
		fmt.Println("all sockets are disconnected")
	}
	// Output: all sockets are disconnected
}

func ExampleEmitAck() {
	server := socketio.NewServer(socketio.Options{})
	socketio.On0(server.Of("/"), "ready", func(ctx context.Context, s *socketio.Socket) {
		zone, err := socketio.EmitAck[string](ctx, s, "which zone")
		if err != nil {
			return // timed out, or the socket is gone
		}
		s.SetData(zone)
	})
}

func ExampleNamespace_To() {
	server := socketio.NewServer(socketio.Options{})
	news := server.Of("/news")
	if err := news.To("sports", "weather").Except("muted").Emit("headline", "It rains at the match"); err != nil {
		fmt.Println(err)
	}
}
