package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"

	"partychat/socketio"
)

// Middleware sees each event before its handlers, and can drop it.
func ExampleNamespace_UseEvent() {
	server := socketio.NewServer(socketio.Options{})
	chat := server.Of("/")
	chat.UseEvent(func(_ context.Context, _ *socketio.Socket, e *socketio.Event) error {
		if strings.HasPrefix(e.Name, "admin:") {
			return errors.New("admins only")
		}
		return nil
	})
	chat.OnEventError(func(_ *socketio.Socket, e *socketio.Event, err error) {
		_ = e.Ack(err.Error()) // fails if the client requested no answer
	})
	socketio.OnAck0(chat, "admin:stop", func(context.Context, *socketio.Socket) string { return "stopped" })
	socketio.OnAck0(chat, "hello", func(context.Context, *socketio.Socket) string { return "hi" })
	web := httptest.NewServer(server)
	defer web.Close()

	c := dial(web.URL, "")
	defer c.Close()
	fmt.Println(c.ask("hello"))
	fmt.Println(c.ask("admin:stop"))
	// Output:
	// ["hi"]
	// ["admins only"]
}

// A function observes everything that is sent, here to count it.
func ExampleNamespace_OnAnyOutgoing() {
	server := socketio.NewServer(socketio.Options{})
	chat := server.Of("/")
	sent := map[string]int{}
	chat.OnAnyOutgoing(func(_ *socketio.Socket, event string, _ socketio.Args) { sent[event]++ })
	web := httptest.NewServer(server)
	defer web.Close()

	for range 3 {
		defer dial(web.URL, "").Close()
	}
	if err := chat.Emit("news", "to three"); err != nil {
		fmt.Println(err)
	}
	if err := chat.Sockets()[0].Emit("welcome"); err != nil {
		fmt.Println(err)
	}
	fmt.Println(sent)
	// Output: map[news:3 welcome:1]
}

// Everybody in a room is asked, and has a second to answer.
func ExampleBroadcast_EmitWithAck() {
	server := socketio.NewServer(socketio.Options{})
	team := server.Of("/")
	team.OnConnect(func(s *socketio.Socket) {
		s.Join("team")
		_ = s.Emit("ready") // fails if the client has gone already
	})
	socketio.OnAck0(team, "vote", func(ctx context.Context, _ *socketio.Socket) string {
		replies, err := team.To("team").EmitWithAck(ctx, "yes or no")
		if err != nil {
			return err.Error() // an AckError if not all have answered
		}
		votes := map[string]int{}
		for _, r := range replies {
			var vote string
			if r.Args.Decode(0, &vote) == nil {
				votes[vote]++
			}
		}
		return fmt.Sprint(votes)
	})
	web := httptest.NewServer(server)
	defer web.Close()

	ann, bob := dial(web.URL, ""), dial(web.URL, "")
	defer ann.Close()
	defer bob.Close()
	ann.hear()
	bob.hear()
	ann.write(`21["vote"]`)
	fmt.Println(ann.hear(), bob.hear())
	ann.answer("0", "yes")
	bob.answer("0", "yes")
	fmt.Println(ann.read())
	// Output:
	// 0["yes or no"] 0["yes or no"]
	// 31["map[yes:2]"]
}
