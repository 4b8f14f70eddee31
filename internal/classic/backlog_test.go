package classic_test

import (
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

func TestMessagesBeforeTheHistoryAreLimitedInBytes(t *testing.T) {
	g := newGreetings()
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.AfterFunc = g.after })
	silent, prompt := s.dial(sioclient.Options{}), s.dial(sioclient.Options{})
	g.await(2)
	prompt.do("", "chat message", "here") // it waits no longer
	writer, _ := s.user("eve")
	long := strings.Repeat("x", 8000)
	for range 150 { // more than a backlog holds
		s.say(writer, chat.MainRoom, long)
	}
	for heard := 0; heard < 150; {
		event, err := prompt.Next()
		if err != nil {
			t.Fatal(err)
		}
		if event.Name == "chat message" {
			heard++
		}
	}
	g.greet(2)
	byServer, err := silent.AwaitClose()
	if byServer || err != nil {
		t.Errorf("got %v, %v, want a lost connection, after which an official client comes back", byServer, err)
	}
	again := s.dial(sioclient.Options{}) // and is served
	again.do("", "chat message", "back")
	prompt.do("", "chat message", "still here")
}
