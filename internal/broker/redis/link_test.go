package redis

import (
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"

	"partychat/internal/chat"
)

// testLink returns a link with the topics of rooms 1 and 2, as if Redis had confirmed them. Its
// handler blocks on an event of room 1, which does not count, so everything that room 1 receives
// until release stays in its queue.
func testLink(t *testing.T) (l *link, events chan chat.Event, release func()) {
	t.Helper()
	events = make(chan chat.Event, 100_000)
	taken, gate := make(chan struct{}), make(chan struct{})
	var first sync.Once
	client := &Client{prefix: keyPrefix, node: "ME"}
	l = newLink(client, func(event chat.Event) {
		counts := true
		first.Do(func() { counts = false; close(taken) })
		<-gate
		if counts {
			events <- event
		}
	}, 0, groups, slog.New(slog.DiscardHandler))
	for _, room := range []chat.RoomID{1, 2} {
		name := chat.Topic{Room: room}
		channel, _ := client.channelOf(name)
		l.topics[channel] = &topic{name: name, channel: channel, subscribers: 1, hearing: heard}
	}
	channel, _ := client.channelOf(chat.Topic{Room: 1})
	l.receive(0, channel, `1 FIRST 1 member-gone {"room":1}`)
	<-taken
	return l, events, func() { close(gate); l.running.Wait(); close(events) }
}

func TestLinkDecodesFrames(t *testing.T) {
	room1, room2 := chat.Topic{Room: 1}, chat.Topic{Room: 2}
	gone := chat.MemberGone{Room: 1, User: 7}
	const put = ` member-gone {"room":1,"user":7}`
	for _, test := range []struct {
		name   string
		frames []string // for room 1
		want   []chat.Event
	}{
		{"one of another node", []string{"1 A 1" + put}, []chat.Event{gone}},
		{"its own echo", []string{"1 ME 1" + put}, nil},
		{"a type that a newer version has", []string{"1 A 1 sneezed {}", "1 A 2" + put}, []chat.Event{gone}},
		{"another version of the frame", []string{"2 A 1" + put, "1 A 2" + put}, []chat.Event{gone}},
		{"one that says that others were lost", []string{"1 A 1 missed"}, []chat.Event{chat.Missed{Of: room1}}},
		{"one that comes too late", []string{"1 A 5" + put, "1 A 4" + put}, []chat.Event{gone, chat.Missed{Of: room1}}},
		{"each node counts for itself", []string{"1 A 5" + put, "1 B 4" + put}, []chat.Event{gone, gone}},
		{"one that cannot be read", []string{"1 A 1 member-gone {"}, []chat.Event{chat.Missed{Of: room1}}},
		{"one that is of another topic", []string{`1 A 1 member-gone {"room":2}`}, []chat.Event{chat.Missed{Of: room1}}},
		{"what makes up for several losses is told once", []string{"1 A 1 missed", "1 A 2 missed", "1 B 1 missed"}, []chat.Event{chat.Missed{Of: room1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, events, release := testLink(t)
			channel, _ := l.client.channelOf(room1)
			for _, text := range test.frames {
				l.receive(0, channel, text)
			}
			release()
			got := all(events)
			if !slices.Equal(got, test.want) {
				t.Errorf("handed over: got %+v, want %+v", got, test.want)
			}
		})
	}
	t.Run("a loss that concerns a whole group", func(t *testing.T) {
		l, events, release := testLink(t)
		_, group := l.client.channelOf(room2)
		l.receive(0, l.client.channelOfAll(group), "1 A 1 missed")
		release()
		if got := all(events); !slices.Equal(got, []chat.Event{chat.Missed{Of: room2}}) {
			t.Errorf("handed over: got %+v, want Missed of room 2", got)
		}
	})
	t.Run("what an old connection still brings", func(t *testing.T) {
		l, events, release := testLink(t)
		channel, _ := l.client.channelOf(room1)
		l.session++
		l.receive(0, channel, "1 A 1"+put)
		release()
		if got := all(events); len(got) > 0 {
			t.Errorf("handed over: got %+v, want nothing", got)
		}
	})
}

func TestSlowHandlerGetsMissedForEventsThatDidNotFit(t *testing.T) {
	l, events, release := testLink(t)
	channel, _ := l.client.channelOf(chat.Topic{Room: 1})
	for i := range 2 * backlogMax {
		l.receive(0, channel, "1 A "+strconv.FormatInt(int64(i+1), 36)+` member-gone {"room":1}`)
	}
	release()
	got := all(events)
	if n := len(got); n != backlogMax+1 {
		t.Errorf("handed over: got %d, want the first %d and that others were lost", n, backlogMax)
	}
	if last := got[len(got)-1]; last != chat.Event(chat.Missed{Of: chat.Topic{Room: 1}}) {
		t.Errorf("last: got %+v, want Missed", last)
	}
}

func all(events <-chan chat.Event) (list []chat.Event) {
	for event := range events {
		list = append(list, event)
	}
	return list
}
