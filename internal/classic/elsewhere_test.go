package classic_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// otherNode is what another node says of every room.
type otherNode struct {
	mu   sync.Mutex
	says chat.Seats
	err  error
	told chat.Seats // what this node has said last
}

func (o *otherNode) Share(_ context.Context, _ chat.RoomID, here chat.Seats) (chat.Seats, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = here
	return o.says, o.err
}

func (o *otherNode) set(says chat.Seats, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.says, o.err = says, err
}

func crowd(n int) (s chat.Seats) {
	for i := range n {
		s.People = append(s.People, chat.Author{ID: chat.UserID(1000 + i), Username: fmt.Sprintf("other%03d", i)})
	}
	s.Number = n
	return s
}

// listed waits for a list of that many people.
func (c *socket) listed(want int) {
	c.t.Helper()
	if err := c.AwaitThat("roomUsers", func(args []any) bool {
		var list struct{ Users []any }
		raw, err := json.Marshal(args[0])
		return err == nil && json.Unmarshal(raw, &list) == nil && len(list.Users) == want
	}); err != nil {
		c.t.Fatalf("waiting for a list of %d people: %v", want, err)
	}
}

func (c *socket) notices() (n int) {
	for _, e := range c.Pending() {
		if e.Name == "message" && strings.Contains(string(e.Args[0]), " has ") {
			n++
		}
	}
	return n
}

func TestPeopleOfOtherNodesAreAnnouncedUnlessTheyAreMany(t *testing.T) {
	node := &otherNode{}
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) {
		o.Seats, o.SeatLease, o.PeopleMax = node, 30*time.Millisecond, 70
	})
	ann := s.named("ann")
	ann.do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
	ann.listed(1)
	for _, step := range []struct {
		others, listed, notices int
	}{
		{50, 51, 50}, // all come
		{0, 1, 50},   // and go
		{51, 52, 0},  // too many to be announced
		{52, 53, 1},
		{1, 2, 0},    // a node has died
		{100, 70, 0}, // more than are named
		{101, 70, 1},
	} {
		node.set(crowd(step.others), nil)
		ann.listed(step.listed)
		if got := ann.notices(); got != step.notices {
			t.Errorf("%d others: got %d notices, want %d", step.others, got, step.notices)
		}
		for {
			if _, ok := ann.Take(); !ok {
				break
			}
		}
	}
	node.set(chat.Seats{}, &chat.Error{Code: chat.CodeUnavailable, Message: "away"})
	ann.listed(1) // the leases of the others have lapsed
}

func TestASingleNodeSharesNothing(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.SeatLease = 3 * time.Millisecond })
	ann := s.named("ann")
	for range 20 { // while the node would repeat what it shares
		ann.do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
		ann.listed(1)
	}
}

func TestNodesNameNoMorePeopleThanTheLimit(t *testing.T) {
	node := &otherNode{}
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.Seats, o.PeopleMax = node, 2 })
	for i, name := range []string{"ann", "bob", "cid"} {
		c := s.named(name)
		c.do("", "joinRoom", map[string]any{"username": name, "room": "den"})
		c.listed(min(i+1, 2))
	}
	node.mu.Lock()
	defer node.mu.Unlock()
	if node.told.Number != 3 || len(node.told.People) != 2 {
		t.Errorf("told %+v, want two of three people", node.told)
	}
}

// awayNames are names that other nodes cannot be asked about.
type awayNames struct{}

func away() error { return &chat.Error{Code: chat.CodeUnavailable, Message: "away"} }

func (awayNames) Claim(context.Context, string, string) (chat.UserID, error) { return 0, away() }
func (awayNames) Hold(context.Context, []chat.GuestName) error               { return away() }
func (awayNames) Release(context.Context, string) error                      { return away() }
func (awayNames) Forget(context.Context, string) error                       { return away() }

func TestWhileOtherNodesCannotBeAskedANodeGoesByTheNamesThatItKnows(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.Names = awayNames{} })
	join := func(from string, want string) *socket {
		t.Helper()
		c := s.dial(sioclient.Options{Header: map[string][]string{"X-From": {from}}}).greeted()
		c.do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
		c.do("", "chatMessage", "by "+from)
		for {
			if m := await[struct{ Username, Text string }](c, "message"); m.Text == "by "+from {
				if m.Username != want {
					t.Errorf("from %s: got the name %s, want %s", from, m.Username, want)
				}
				return c
			}
		}
	}
	first := join("192.0.2.1", "ann")
	join("192.0.2.2", "ann-2")
	join("192.0.2.1", "ann").Close()
	first.Close()
}
