package redis

import (
	"reflect"
	"strings"
	"testing"

	"partychat/internal/broker/brokertest"
	"partychat/internal/chat"
)

func TestEveryEventHasItsOwnTypeAndRoundTrips(t *testing.T) {
	seen := make(map[string]bool)
	for _, event := range brokertest.Events() {
		body, err := encode(event)
		if err != nil {
			t.Errorf("encode(%T): %v", event, err)
			continue
		}
		f, ok := parseFrame("1 NODE zz " + body)
		if !ok || seen[f.kind] || f.number != 35*36+35 || f.node != "NODE" {
			t.Errorf("frame of %T: got %+v, %v, want a type of its own", event, f, ok)
			continue
		}
		seen[f.kind] = true
		got, err := decode(f.kind, f.payload)
		if err != nil || !reflect.DeepEqual(got, event) {
			t.Errorf("%T: got %+v, %v, want %+v", event, got, err, event)
		}
	}
	if len(seen) != len(chat.EventTypes) || len(coders) != len(chat.EventTypes) {
		t.Errorf("got %d types of event, and %d with a payload, want all %d", len(seen), len(coders), len(chat.EventTypes))
	}
}

func TestMissedIsNotPublished(t *testing.T) {
	if body, err := encode(chat.Missed{Of: chat.Topic{Room: 1}}); err == nil {
		t.Errorf("encode(Missed): got %q, want an error", body)
	}
}

func TestABarredEventOfTheFirstReleaseComparesTheRoomWithTheStore(t *testing.T) {
	event, err := decode("barred", `{"room":3,"user":9}`)
	if want := (chat.Missed{Of: chat.Topic{Room: 3}}); err != nil || event != want {
		t.Errorf("got %+v, %v, want %+v", event, err, want)
	}
}

func TestInvalidFramesAreRejected(t *testing.T) {
	for _, text := range []string{"", "1", "2 node 1 message {}", "1 node", "1 node ! message {}", "1  1 message {}", "1 node 1", "11 node 1 message {}"} {
		if f, ok := parseFrame(text); ok {
			t.Errorf("parseFrame(%q): got %+v, want none", text, f)
		}
	}
}

func TestTheChannelsOfTopicsDiffer(t *testing.T) {
	c := &Client{prefix: keyPrefix}
	seen := make(map[string]chat.Topic)
	used := make(map[int]int)
	for id := range int64(1000) {
		for _, topic := range []chat.Topic{{Room: chat.RoomID(id + 1)}, {User: chat.UserID(id + 1)}, {Presence: chat.UserID(id + 1)}} {
			channel, group := c.channelOf(topic)
			if other, ok := seen[channel]; ok {
				t.Errorf("channel %s: for %+v and %+v", channel, topic, other)
			}
			seen[channel] = topic
			used[group]++
			if !strings.HasPrefix(channel, strings.TrimSuffix(c.channelOfAll(group), "all")) || isOfAll(channel) {
				t.Errorf("channel %s does not belong to group %d", channel, group)
			}
		}
	}
	if len(used) != groups {
		t.Errorf("groups in use: got %d, want %d", len(used), groups)
	}
}

func FuzzFrame(f *testing.F) {
	for _, event := range brokertest.Events() {
		body, err := encode(event)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("1 ABCDEFGHIJ 1z " + body)
	}
	f.Add("1 n 1 missed")
	f.Add(`1 n 1 barred {"room":3,"user":9}`)
	f.Fuzz(func(t *testing.T, text string) {
		frame, ok := parseFrame(text)
		if !ok {
			return
		}
		event, err := decode(frame.kind, frame.payload)
		if err != nil {
			return
		}
		if _, missed := event.(chat.Missed); missed { // a retired type
			return
		}
		// What can be decoded can be encoded again, with the same result.
		body, err := encode(event)
		if err != nil {
			t.Fatalf("encode(%+v): %v", event, err)
		}
		_, payload, _ := strings.Cut(body, " ")
		again, err := decode(frame.kind, payload)
		if err != nil || !reflect.DeepEqual(again, event) {
			t.Errorf("got %+v, %v, want %+v", again, err, event)
		}
	})
}
