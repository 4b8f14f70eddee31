package gateway_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// dearest is the text that needs the most bytes on the wire.
var dearest = "x" + strings.Repeat("\x01", 7_998) + "x"

func (p *person) send(room chat.RoomID, body string) *chat.Message {
	p.s.t.Helper()
	m, _, err := p.s.chat.Messages.Send(p.s.t.Context(), p.User, chat.SendInput{Room: room, ClientID: uuid.NewString(), Body: body})
	if err != nil {
		p.s.t.Fatalf("%s sending: %v", p.Username, err)
	}
	return m
}

func TestAnswersNeverCloseTheConnectionThatAskedForThem(t *testing.T) {
	const messages, atOnce = 148, 30
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	for range messages {
		ada.send(chat.MainRoom, dearest)
	}
	c := bob.connect()
	bound := s.chat.Limits().PageBytes + 1000
	sync := func(raw json.RawMessage, err error) (a answer) {
		t.Helper()
		if err != nil {
			t.Fatalf("room:sync: %v", err)
		}
		if len(raw) > bound {
			t.Fatalf("an answer has %d bytes, want at most %d", len(raw), bound)
		}
		if decode(t, raw, &a); !a.OK {
			t.Fatalf("room:sync: %+v", a.Error)
		}
		return a
	}
	var acks []func() (json.RawMessage, error)
	for range atOnce {
		ack, err := c.Start("room:sync", wire.SyncCommand{Room: chat.MainRoom})
		if err != nil {
			t.Fatal(err)
		}
		acks = append(acks, ack)
	}
	for _, ack := range acks {
		sync(ack())
	}
	var read []int64
	for since, more := int64(0), true; more; {
		a := sync(c.Command("room:sync", wire.SyncCommand{Room: chat.MainRoom, Since: since}))
		for _, m := range a.Messages {
			if m.Body != dearest || m.Shortened {
				t.Fatalf("message %d has come in another form", m.Seq)
			}
			read = append(read, m.Seq)
		}
		since, more = a.Rev, a.More
	}
	for i, seq := range read {
		if seq != int64(i+1) {
			t.Fatalf("message %d came in the place of %d", seq, i+1)
		}
	}
	if len(read) != messages {
		t.Errorf("read %d messages by following more, want %d", len(read), messages)
	}
}

func TestNobodyIsLockedOutByWhatOthersWrite(t *testing.T) {
	const senders = 92
	s := newServer(t)
	eve := s.signUp("eve")
	for i := range senders {
		p := s.signUp(fmt.Sprintf("sender%d", i))
		sub, _, err := s.chat.Rooms.Converse(t.Context(), p.User, eve.ID)
		if err != nil {
			t.Fatal(err)
		}
		p.send(sub.ID, dearest)
	}
	c := eve.connect()
	c.settled()
	for _, sub := range c.ready.Subscriptions {
		if sub.Last != nil && sub.Kind == chat.RoomDirect && (!sub.Last.Shortened || len(sub.Last.Body) > 4*chat.PreviewMax) {
			t.Fatalf("the list has %d bytes of a message, marked as shortened: %v; want its beginning, marked", len(sub.Last.Body), sub.Last.Shortened)
		}
	}
}

func TestALongListComesInPagesAndAllOfItIsHeard(t *testing.T) {
	const rooms = 40
	s := newServerOn(t, chat.Deps{Limits: chat.Limits{PageBytes: 8_000}})
	ada, bob := s.signUp("ada"), s.signUp("bob")
	listed := make(map[chat.RoomID]bool)
	for i := range rooms {
		room := ada.room(fmt.Sprintf("room %02d", i), chat.RoomPublic)
		bob.subscribe(room)
		listed[room] = false
	}
	c := bob.connect()
	raw, err := json.Marshal(c.ready)
	if err != nil {
		t.Fatal(err)
	}
	if c.ready.Next == "" || len(c.ready.Subscriptions) >= rooms || len(raw) > 9_000 {
		t.Fatalf("ready has %d rooms in %d bytes and next %q, want a part of the list", len(c.ready.Subscriptions), len(raw), c.ready.Next)
	}
	for _, sub := range c.ready.Subscriptions {
		listed[sub.ID] = true
	}
	page := chat.SubscriptionPage{Next: c.ready.Next}
	for {
		for _, sub := range page.Subscriptions {
			listed[sub.ID] = true
		}
		if page.Next == "" {
			break
		}
		if page, err = s.chat.Rooms.SubscriptionPage(t.Context(), bob.ID, page.Next); err != nil {
			t.Fatal(err)
		}
	}
	for room, found := range listed {
		if !found {
			t.Errorf("room %d stands on no page", room)
		}
		sent := wire.MessageOf(ada.send(room, "hello"))
		for {
			if got := c.message(); same(got, sent) {
				break
			} else if got.Room == room {
				t.Fatalf("got %+v, want %+v", got, sent)
			}
		}
	}
	// What was missed in rooms of whatever page is told, and nothing else is lost.
	gone := page.Subscriptions[len(page.Subscriptions)-1].ID
	if gone == chat.MainRoom {
		gone = page.Subscriptions[len(page.Subscriptions)-2].ID
	}
	s.broker.meddle(func(e chat.Event, publish func(chat.Event) error) error {
		if _, ok := e.(chat.SubscriptionGone); ok {
			return nil
		}
		return publish(e)
	})
	bob.unsubscribe(gone)
	s.broker.meddle(nil)
	if err := s.broker.Publish(t.Context(), chat.Missed{Of: chat.Topic{User: bob.ID}}); err != nil {
		t.Fatal(err)
	}
	var e wire.RoomGone
	if c.await("room:gone", &e); e.Room != gone {
		t.Errorf("room:gone is of %d, want %d", e.Room, gone)
	}
	left := chat.MainRoom
	if first := page.Subscriptions[0].ID; first != gone {
		left = first
	}
	if again := ada.send(left, "and again"); !same(c.message(), wire.MessageOf(again)) {
		t.Error("a room of the last page is not heard any more")
	}
}
