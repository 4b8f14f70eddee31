package gateway

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

// crowd is watchers with a world of states around them.
type crowd struct {
	*watchers
	t       *testing.T
	states  map[chat.UserID]chat.PresenceState
	heard   map[chat.UserID]int
	packets map[*conn]int
	last    map[*conn][]chat.Presence
	fails   bool // nobody but ours is known
	ours    map[chat.UserID]bool
	now     time.Time
}

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{
		watchers: newWatchers(), t: t, states: map[chat.UserID]chat.PresenceState{}, heard: map[chat.UserID]int{},
		packets: map[*conn]int{}, last: map[*conn][]chat.Presence{}, now: time.Unix(1000, 0),
	}
	c.hear = func(user chat.UserID) error { c.heard[user]++; return nil }
	c.forget = func(user chat.UserID) { c.heard[user]-- }
	c.watchers.states = func(_ context.Context, users []chat.UserID) (there []chat.Presence, err error) {
		if c.fails {
			err = errors.New("away")
		}
		for _, user := range users {
			if state, ok := c.states[user]; ok && (!c.fails || c.ours[user]) {
				there = append(there, chat.Presence{User: user, State: state})
			}
		}
		return there, err
	}
	c.tell = func(p *conn, changes []chat.Presence) {
		c.packets[p]++
		c.last[p] = changes
	}
	return c
}

// set changes a state and lets the change be heard.
func (c *crowd) set(user chat.UserID, state chat.PresenceState) {
	c.states[user] = state
	if state == chat.PresenceOffline {
		delete(c.states, user)
	}
	c.note(user)
}

func (c *crowd) watcher(users ...chat.UserID) *conn {
	c.t.Helper()
	p := &conn{}
	if err := c.ask(p, users); err != nil {
		c.t.Fatal(err)
	}
	c.open(p)
	return p
}

// tick flushes and wants so many packets in all.
func (c *crowd) tick(what string, want int) {
	c.t.Helper()
	clear(c.packets)
	c.now = c.now.Add(time.Second)
	if err := c.flush(c.t.Context(), c.now); err != nil {
		c.t.Errorf("%s: %v", what, err)
	}
	got := 0
	for p, n := range c.packets {
		got += n
		if n > 1 {
			c.t.Errorf("%s: one socket got %d packets at once", what, n)
		}
		_ = p
	}
	if got != want {
		c.t.Errorf("%s: got %d packets, want %d", what, got, want)
	}
}

// TestE1_3000PeopleWhoReconnectAtOnceCauseAPacketForEach counts: telling each
// of each would be 9,000,000 packets.
func TestE1_3000PeopleWhoReconnectAtOnceCauseAPacketForEach(t *testing.T) {
	const people, watched = 3000, 100
	c := newCrowd(t)
	for i := range people {
		users := make([]chat.UserID, watched)
		for n := range users {
			users[n] = chat.UserID((i+n)%people + 1)
		}
		c.watcher(users...)
	}
	c.tick("before", 0)
	for i := range people {
		c.set(chat.UserID(i+1), chat.PresenceOnline)
	}
	c.tick("all come", people)
	entries := 0
	for _, changes := range c.last {
		entries += len(changes)
	}
	if entries != people*watched {
		t.Errorf("got %d changes in all, want %d: each of those watched to each who watches", entries, people*watched)
	}
	for i := range people {
		c.set(chat.UserID(i+1), chat.PresenceOffline)
		c.set(chat.UserID(i+1), chat.PresenceOnline)
	}
	c.tick("all have gone and come within a second", 0)
	t.Logf("%d people, each watching %d others, came at once: %d packets", people, watched, people)
}

func TestOneHearsOnlyOfThoseWatched(t *testing.T) {
	c := newCrowd(t)
	p := c.watcher(1, 2)
	c.set(3, chat.PresenceOnline)
	c.tick("someone else", 0)
	c.set(1, chat.PresenceOnline)
	c.set(2, chat.PresenceAway)
	c.tick("both", 1)
	if len(c.last[p]) != 2 {
		t.Errorf("got %v, want both changes in one", c.last[p])
	}
	if err := c.ask(p, []chat.UserID{3}); err != nil {
		t.Fatal(err)
	}
	c.set(1, chat.PresenceOffline)
	c.tick("one who is watched no more", 0)
	if c.heard[1] != 0 || c.heard[3] != 1 {
		t.Errorf("heard: got %v, want only what is watched", c.heard)
	}
	c.remove(p)
	for user, n := range c.heard {
		if n != 0 {
			t.Errorf("user %d is still heard after the last socket has gone", user)
		}
	}
	if len(c.byUser)+len(c.byPeer)+len(c.changed) != 0 {
		t.Error("something is left of a socket that has gone")
	}
}

func TestAPeerOfAConversationStaysWatchedWhateverIsAskedFor(t *testing.T) {
	c := newCrowd(t)
	p := c.watcher(1)
	if err := c.follow(p, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.ask(p, nil); err != nil {
		t.Fatal(err)
	}
	c.set(1, chat.PresenceOnline)
	c.tick("the peer comes", 1)
}

func TestNoChangeOvertakesAnAnswer(t *testing.T) {
	c := newCrowd(t)
	p := c.watcher(1)
	c.told(p, []chat.UserID{1}, nil, c.now.Add(3*time.Second/2))
	c.set(1, chat.PresenceOnline)
	c.tick("while the answer may be on its way", 0)
	c.tick("after it", 1)
	c.tick("nothing new", 0)
}

func TestASocketHearsNothingBeforeReady(t *testing.T) {
	c := newCrowd(t)
	p := &conn{}
	if err := c.follow(p, 1); err != nil {
		t.Fatal(err)
	}
	c.told(p, []chat.UserID{1}, nil, c.now)
	c.set(1, chat.PresenceOnline)
	c.tick("before ready", 0)
	c.open(p)
	c.tick("after it", 1)
}

func TestWhatCouldNotBeReadIsToldLater(t *testing.T) {
	c := newCrowd(t)
	c.watcher(1)
	c.set(1, chat.PresenceOnline)
	c.fails = true
	if err := c.flush(t.Context(), c.now); err == nil {
		t.Error("flush has not failed")
	}
	c.fails = false
	c.tick("afterwards", 1)
}

func TestNobodyGoesOfflineBecauseOtherNodesCannotBeAsked(t *testing.T) {
	c := newCrowd(t)
	p := c.watcher(1, 2)
	c.set(1, chat.PresenceOnline)
	c.tick("the first one comes", 1)
	c.fails, c.ours = true, map[chat.UserID]bool{2: true}
	c.set(2, chat.PresenceOnline)
	c.doubt()
	if err := c.flush(t.Context(), c.now); err == nil {
		t.Error("flush has not failed")
	}
	want := []chat.Presence{{User: 2, State: chat.PresenceOnline}}
	if diff := cmp.Diff(want, c.last[p]); diff != "" {
		t.Errorf("told while others cannot be asked, -want +got:\n%s", diff)
	}
	c.fails = false
	delete(c.states, 1) // and nobody has told of it
	if err := c.flush(t.Context(), c.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	want = []chat.Presence{{User: 1, State: chat.PresenceOffline}}
	if diff := cmp.Diff(want, c.last[p]); diff != "" {
		t.Errorf("told afterwards, -want +got:\n%s", diff)
	}
}

func TestAttendanceSaysEachStateOnce(t *testing.T) {
	var said []chat.PresenceState
	var fails error
	now := time.Unix(1000, 0)
	a := newAttendance(5*time.Second, func(_ context.Context, _ chat.UserID, state chat.PresenceState) error {
		if fails == nil {
			said = append(said, state)
		}
		return fails
	})
	a.now = func() time.Time { return now }
	one, two := &conn{}, &conn{}
	one.identity.User.ID, two.identity.User.ID = 7, 7
	for _, step := range []struct {
		what string
		do   func() error
		want chat.PresenceState // "" if nothing is to be said
	}{
		{"a first tab", func() error { return a.put(t.Context(), one, false) }, chat.PresenceOnline},
		{"a second tab", func() error { return a.put(t.Context(), two, false) }, ""},
		{"one is away", func() error { return a.put(t.Context(), one, true) }, ""},
		{"both are away", func() error { return a.put(t.Context(), two, true) }, chat.PresenceAway},
		{"one is used again", func() error { return a.put(t.Context(), two, false) }, chat.PresenceOnline},
		{"the used one goes", func() error { return a.remove(t.Context(), two) }, chat.PresenceAway},
		{"the last one goes", func() error { return a.remove(t.Context(), one) }, ""},
		{"within the grace", func() error { now = now.Add(4 * time.Second); return a.sweep(t.Context()) }, ""},
		{"it has only been reloaded", func() error { return a.put(t.Context(), two, false) }, chat.PresenceOnline},
		{"it goes again", func() error { return a.remove(t.Context(), two) }, ""},
		{"within the grace", func() error { now = now.Add(4 * time.Second); return a.sweep(t.Context()) }, ""},
		{"after it", func() error { now = now.Add(2 * time.Second); return a.sweep(t.Context()) }, chat.PresenceOffline},
		{"later", func() error { now = now.Add(time.Hour); return a.sweep(t.Context()) }, ""},
	} {
		said = nil
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.what, err)
		}
		if step.want == "" && len(said) > 0 || step.want != "" && (len(said) != 1 || said[0] != step.want) {
			t.Errorf("%s: got %v said, want %q", step.what, said, step.want)
		}
	}
	if len(a.users)+len(a.due) != 0 {
		t.Error("something is left of a user who has gone")
	}
	fails = errors.New("away")
	if err := a.put(t.Context(), one, false); err == nil {
		t.Error("what failed was not told")
	}
	fails, said = nil, nil
	if err := a.sweep(t.Context()); err != nil || len(said) != 1 {
		t.Errorf("after a failure: got %v said, %v, want it said by the next sweep", said, err)
	}
}
