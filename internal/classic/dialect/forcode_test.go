package dialect

import (
	"strings"
	"testing"
)

func TestCodeShowsTheDialectThatItSpeaks(t *testing.T) {
	own, err := Read("own.yaml", []byte("in:\n  hello: {do: enter, name: 0}\n  post: {do: say, text: 0}\nout:\n  message: {event: post, data: $text}\n"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(own)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, code, want string
		listens          bool
	}{
		{"an event of one dialect", `s.emit('joinRoom', {}); s.emit('chatMessage', t)`, "cord", false},
		{"the most of its events", `s.emit("enterRoom", {}); s.emit("message", {}); s.emit("activity", n)`, "enter-room", false},
		{"no event that is missing", `s.emit('message', t); s.emit('activity', n)`, "plain", true},
		{"the operator's own", `s.emit('hello', n); s.emit('post', t)`, "own", false},
		{"pages that listen first", `s.emit('chat message', t)`, "started", true},
		{"pages that are greeted", `s.emit('INCREMENT')`, "lesson", true},
		{"both of two that are alike", `s.emit('userJoin', {}); s.emit('sendChat', {})`, "rooms-1x rooms", false},
		{"those of two pages", `s.emit('joinRoom', {}); s.emit('chatMessage', t); s.emit('chat message', t)`, "cord started", true},
		{"nothing", `s.emit('wave')`, "", false},
	} {
		var names []string
		listens := false
		for _, table := range set.ForCode(test.code) {
			names = append(names, table.Name)
			listens = listens || table.Listens()
		}
		if got := strings.Join(names, " "); got != test.want || listens != test.listens {
			t.Errorf("%s: got %q, which listens: %t", test.name, got, listens)
		}
	}
}
