package socketio

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSessionsThatWereUsedTakeNoMemory(t *testing.T) {
	h := newHost(t, Options{Recovery: Recovery{MaxDuration: time.Minute}})
	n, r := h.Of("/"), h.recovery
	r.keepSession(&keptSession{ns: n, pid: "stays", id: "stays"}) // the oldest session
	const times = 100
	for i := range times {
		pid := fmt.Sprint(i)
		r.keepSession(&keptSession{ns: n, pid: pid, id: pid, rooms: []string{strings.Repeat("x", 1000)}})
		if i%2 == 0 {
			if r.takeSession(n, pid) == nil {
				t.Fatal("the session is lost")
			}
		} else {
			r.away(n, Selection{Rooms: []string{pid}}, func(*keptSession) bool { return true })
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	wantEqual(t, r.sessions.Len(), 1)
	wantEqual(t, len(r.known), 1)
	wantEqual(t, r.bytes, sessionOverhead)
}

func TestSessionReplacesAnOlderOneWithTheSamePrivateID(t *testing.T) {
	h := newHost(t, Options{Recovery: Recovery{MaxDuration: time.Minute}})
	n, r := h.Of("/"), h.recovery
	for _, id := range []string{"older", "newer"} {
		r.keepSession(&keptSession{ns: n, pid: "pid", id: id})
	}
	k := r.takeSession(n, "pid")
	if k == nil || k.id != "newer" {
		t.Errorf("got %v", k)
	}
	wantEqual(t, r.takeSession(n, "pid") == nil, true)
	wantEqual(t, r.bytes, 0)
}

func TestOriginsAreLimited(t *testing.T) {
	l := newPacketLog(newRecovery(Recovery{MaxDuration: time.Minute, MaxBytes: 1 << 20, MaxBytesPerSocket: 1 << 20}))
	s := NewServer(Options{})
	send := func(origin string, seq uint64) {
		p, err := s.encodeEvent("/", "e", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		p.stamp = &stamp{origin, seq}
		l.deliver(s, Selection{}, p, func(*Packet) {})
	}
	send("first", 1)
	before := l.offset()
	send("second", 1)
	for i := range maxOrigins - 2 {
		send(fmt.Sprint("o", i), 1)
	}
	missed, ok := l.missed(before, nil)
	wantEqual(t, ok, true)
	wantEqual(t, len(missed), maxOrigins-1)

	send("one-too-many", 1)
	wantEqual(t, len(l.heads), maxOrigins)
	if _, ok := l.missed(before, nil); ok {
		t.Error("a client comes back although its origin was forgotten")
	}
	since := l.offset()
	send("second", 2)
	if missed, ok := l.missed(since, nil); ok {
		t.Errorf("a client comes back and gets %d packets, of which one may be a repetition", len(missed))
	}
}

func TestStampsOfOtherProcessesAreShortAndPlain(t *testing.T) {
	for text, want := range map[string]bool{
		newID() + ".1":                          true,
		strings.Repeat("a", maxOrigin) + ".1":   true,
		strings.Repeat("a", maxOrigin+1) + ".1": false,
		"a,b.1":                                 false,
		"a b.1":                                 false,
		"a\x00.1":                               false,
		"é.1":                                   false,
	} {
		if got := parseStamp(text) != nil; got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestRoomsOfKeptPacketsAndSessionsAreCounted(t *testing.T) {
	const most = 100_000
	r := newRecovery(Recovery{MaxDuration: time.Minute, MaxBytes: most})
	t.Cleanup(r.close)
	l := newPacketLog(r)
	h := newHost(t, Options{})
	rooms := make([]string, 1000)
	for i := range rooms {
		rooms[i] = fmt.Sprint(i)
	}
	for range 100 {
		p, err := h.encodeEvent("/", "e", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		l.deliver(h.Server, Selection{Rooms: rooms[:500], Except: rooms[500:]}, p, func(*Packet) {})
	}
	if kept := len(r.packets); kept == 0 || kept > most/(len(rooms)*roomOverhead) {
		t.Errorf("%d packets with %d rooms each are kept within %d bytes", kept, len(rooms), most)
	}
	for i := range 100 {
		r.keepSession(&keptSession{ns: h.Of("/"), pid: fmt.Sprint(i), rooms: rooms})
	}
	if kept := len(r.known); kept == 0 || kept > most/(len(rooms)*roomOverhead) {
		t.Errorf("%d sessions with %d rooms each are kept within %d bytes", kept, len(rooms), most)
	}
}
