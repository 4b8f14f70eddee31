package gateway_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/wire"
)

func TestAnOldReadPositionIsToldOnlyToSocketsThatKnowOfNoLaterOne(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	for _, body := range []string{"one", "two"} {
		_, _, err := s.chat.Messages.Send(t.Context(), ada.User, chat.SendInput{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: body})
		if err != nil {
			t.Fatal(err)
		}
	}
	before := bob.connect()
	var late []chat.Event // the news of the first read position, and those of the second, which get lost
	s.broker.meddle(func(event chat.Event, publish func(chat.Event) error) error {
		if _, ok := event.(chat.SubscriptionPut); ok {
			late = append(late, event)
			return nil
		}
		return publish(event)
	})
	for seq := range int64(2) {
		if _, err := s.chat.Rooms.MarkRead(t.Context(), bob.User, chat.MainRoom, seq+1, chat.AnyMark); err != nil {
			t.Fatal(err)
		}
	}
	s.broker.meddle(nil)
	after := bob.connect()
	if got := after.ready.Subscriptions[0].Membership.ReadSeq; got != 2 || len(late) != 2 {
		t.Fatalf("ready: got read position %d and %d late events, want 2 and 2", got, len(late))
	}
	if err := s.broker.Publish(t.Context(), late[0]); err != nil {
		t.Fatal(err)
	}
	var put wire.RoomPut
	before.await("room:put", &put)
	if got := put.Subscription.Membership.ReadSeq; got != 1 {
		t.Errorf("the socket that knows of none: got %d, want 1", got)
	}
	for _, event := range after.settled().Pending() {
		if event.Name == "room:put" {
			t.Errorf("the socket that knows of a later one: got %s", event.Args[0])
		}
	}
}

func TestARetryIsToldToNobodyWhoKnowsTheMessage(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	a, b := ada.connect(), bob.connect()
	send := wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "hello"}
	for range 3 {
		if answer := a.do("message:send", send); !answer.OK {
			t.Fatalf("message:send: %+v", answer.Error)
		}
	}
	a.send(chat.MainRoom, "next")
	for _, want := range []string{"hello", "next"} {
		if got := b.message().Body; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestARetryTellsOfAMessageThatWasToldToNobody(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) { o.HeadsInterval = time.Hour })
	ada, bob := s.signUp("ada"), s.signUp("bob")
	a, b := ada.connect(), bob.connect()
	send := wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "hello"}
	s.broker.loseAll() // as of a node that dies after its commit
	a.do("message:send", send)
	s.broker.meddle(nil)
	a.do("message:send", send)
	if got := b.message().Body; got != "hello" {
		t.Errorf("got %q, want what was told to nobody", got)
	}
}
