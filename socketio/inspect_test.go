package socketio

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
)

func TestJoiningAndLeavingRoomsIsReported(t *testing.T) {
	h := newHost(t, Options{})
	var mu sync.Mutex
	var told []string
	n := h.Of("/")
	n.OnRoom(func(s *Socket, room string, joined bool) {
		_, _ = s.Rooms(), s.Data() // hangs if a lock is held
		if room == s.ID() {
			room = "its own"
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, fmt.Sprint(room, " ", joined))
	})
	connected, gone := make(chan struct{}), make(chan struct{})
	n.OnConnect(func(*Socket) { close(connected) })
	n.OnDisconnect(func(*Socket, DisconnectReason) { close(gone) })
	_, id := h.join("/")
	receive(t, connected) // its own room has been reported
	s := n.To(id).Sockets()[0]
	s.Join("a", "b", "a", id)
	s.Leave("b", "unknown")
	s.Disconnect(true)
	receive(t, gone)
	s.Join("too late")
	mu.Lock()
	defer mu.Unlock()
	want := []string{"its own true", "a true", "b true", "b false", "a false", "its own false"}
	if !slices.Equal(told, want) {
		t.Errorf("got %v, want %v", told, want)
	}
}

func TestNamespacesAreListedAndReported(t *testing.T) {
	h := newHost(t, Options{})
	h.Of("/early")
	var told []string
	h.OnNamespace(func(n *Namespace) { told = append(told, n.Name()) })
	h.Of("/late")
	h.Of("/late")
	h.OfPattern(regexp.MustCompile("^/team-"))
	slices.Sort(told[:2])
	want := []string{"/", "/early", "/late", ""} // a pattern has no name
	if !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
	h.join("/team-1")
	var names []string
	for _, n := range h.Namespaces() {
		names = append(names, n.Name())
	}
	slices.Sort(names)
	if want := []string{"/", "/early", "/late", "/team-1"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	wantEqual(t, h.Lookup("/team-1").Name(), "/team-1")
	wantEqual(t, h.Lookup("/team-2"), nil)
}
