package classic_test

import (
	"slices"
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/classic/dialect"
	"partychat/internal/sioclient"
	"partychat/socketio"
)

func TestSilentPageReceivesAnEventOnlyInTheFormOfTheOperatorsOwnDialect(t *testing.T) {
	own, err := dialect.Read("own.yaml", []byte(`
silent: true
in:
  chat message: {do: say, text: words}
  shout: {do: say, text: 0}
out:
  message: {event: chat message, data: {who: $name, words: $text}}
  joined: {event: message, data: {who: $name}}
`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := dialect.NewSet(own)
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.Dialects = set })
	silent := s.dial(sioclient.Options{})
	await[[]string](silent, "usernames") // of a greeting, without its message
	writer := s.dial(sioclient.Options{})
	writer.do("", "SEND_MESSAGE", "hello")
	var got []string
	for len(got) == 0 || got[len(got)-1] != "MESSAGE" {
		event, err := silent.Next()
		if err != nil {
			t.Fatal(err)
		}
		if event.Name == "chat message" || event.Name == "message" || event.Name == "MESSAGE" {
			got = append(got, event.Name)
		}
		if event.Name == "chat message" && string(event.Args[0]) != `{"who":"guest","words":"hello"}` {
			t.Errorf("got %s, want the form of the operator's dialect", event.Args)
		}
	}
	if want := []string{"chat message", "MESSAGE"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestQuietPageReceivesNothingBeforeItsFirstEvent(t *testing.T) {
	g := newGreetings()
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) {
		o.AfterFunc = g.after
		o.Quiet = func(s *socketio.Socket) bool { return s.Handshake().Query.Get("username") == "" }
	})
	quiet, writer := s.dial(sioclient.Options{}), s.dial(sioclient.Options{})
	g.await(2)
	writer.do("", "chat message", "before")
	g.greet(2)
	writer.do("", "chat message", "after")
	quiet.do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
	for first := true; ; first = false {
		event, err := quiet.Next()
		if err != nil {
			t.Fatal(err)
		}
		if first && (event.Name != "message" || !strings.Contains(string(event.Args[0]), `"Welcome!"`)) {
			t.Fatalf("got %s %s before the welcome to the room", event.Name, event.Args)
		}
		if event.Name == "roomUsers" {
			break
		}
	}

	open := s.dial(sioclient.Options{}) // whose dialect is open after all
	g.greet(1)
	open.do("", "chat message", "mine")
	writer.do("", "chat message", "hello")
	for _, want := range []string{"before", "after", "mine", "hello"} {
		if got := await[string](open, "chat message"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
