package app

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/sioclient"
)

// classicNodes starts two nodes that let in guests by name, from behind a proxy.
func classicNodes(t *testing.T, lease time.Duration) (a, b *running, redis *realserver.Redis) {
	t.Helper()
	redis = realserver.RedisServer(t, realserver.RedisOptions{})
	c := shared(realserver.PostgresDatabase(t), redis.URL())
	c.Classic, c.TrustedProxies, c.GuestsAddress, c.NodeLease, c.ClassicPeopleMax = true, []string{"127.0.0.1"}, 500, lease, 1000
	c.ClassicGreetAfter = time.Minute // pages here speak first
	c.ClassicRelayMax = 4096
	return start(t, c), start(t, c), redis
}

// page connects a page of the classic events from a network address.
func (r *running) page(from string) *sioclient.Client {
	r.t.Helper()
	c, err := sioclient.Dial(r.URL(), sioclient.Options{Header: map[string][]string{"X-Forwarded-For": {from}}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return c
}

// cord goes into a room in the dialect cord.
func (r *running) cord(from, name, room string) *sioclient.Client {
	r.t.Helper()
	c := r.page(from)
	if err := c.Emit("joinRoom", map[string]any{"username": name, "room": room}); err != nil {
		r.t.Fatal(err)
	}
	return c
}

// awaitsNotice waits for a notice with that text.
func awaitsNotice(t *testing.T, c *sioclient.Client, text string) {
	t.Helper()
	if err := c.AwaitThat("message", func(args []any) bool {
		m, ok := args[0].(map[string]any)
		return ok && m["text"] == text
	}); err != nil {
		t.Fatalf("waiting for %q: %v", text, err)
	}
}

// awaitsPeople waits for the list of people in the room.
func awaitsPeople(t *testing.T, c *sioclient.Client, want ...string) {
	t.Helper()
	if err := c.AwaitThat("roomUsers", func(args []any) bool {
		var list struct{ Users []struct{ Username string } }
		raw, err := json.Marshal(args[0])
		if err != nil || json.Unmarshal(raw, &list) != nil {
			return false
		}
		var got []string
		for _, user := range list.Users {
			got = append(got, user.Username)
		}
		return slices.Equal(got, want)
	}); err != nil {
		t.Fatalf("waiting for the people %v: %v", want, err)
	}
}

func TestF4_ClassicPagesOfTwoNodesShareTheirRooms(t *testing.T) {
	a, b, _ := classicNodes(t, 30*time.Second)
	ann := a.cord("192.0.2.1", "ann", "den")
	awaitsPeople(t, ann, "ann")

	t.Run("people of the other node come, are listed, and go", func(t *testing.T) {
		b := b.in(t)
		bob := b.cord("192.0.2.2", "bob", "den")
		awaitsPeople(t, bob, "ann", "bob")
		awaitsNotice(t, ann, "bob has joined the chat")
		awaitsPeople(t, ann, "ann", "bob")
		bob.Close()
		awaitsNotice(t, ann, "bob has left the chat")
		awaitsPeople(t, ann, "ann")
	})
	t.Run("somebody who is on both nodes neither comes twice nor leaves before both pages do", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		first := a.cord("192.0.2.3", "cid", "den")
		awaitsPeople(t, first, "ann", "cid")
		second := b.cord("192.0.2.3", "cid", "den")
		awaitsPeople(t, second, "ann", "cid")
		dan := b.cord("192.0.2.4", "dan", "den")
		awaitsPeople(t, dan, "ann", "cid", "dan")
		first.Close()
		eve := a.cord("192.0.2.5", "eve", "den")
		awaitsNotice(t, dan, "eve has joined the chat")
		second.Close()
		for _, c := range []*sioclient.Client{ann, eve, dan} {
			awaitsNotice(t, c, "cid has left the chat")
		}
		dan.Close()
		awaitsNotice(t, ann, "dan has left the chat")
		eve.Close()
		for _, joined := range []string{"cid", "dan", "eve"} {
			awaitsNotice(t, ann, joined+" has joined the chat")
		}
		awaitsNotice(t, ann, "eve has left the chat")
		for _, e := range ann.Pending() {
			if e.Name == "message" && strings.Contains(string(e.Args[0]), " has ") {
				t.Errorf("ann got %s too", e.Args[0])
			}
		}
	})
	t.Run("a name is one person's on all nodes, by the network", func(t *testing.T) {
		b := b.in(t)
		stranger := b.cord("192.0.2.9", "ann", "den")
		awaitsPeople(t, stranger, "ann", "ann-2")
		stranger.Close()
		awaitsPeople(t, ann, "ann")
		tab := b.cord("192.0.2.1", "ann", "den")
		awaitsPeople(t, tab, "ann")
		tab.Close()
	})
	t.Run("numbers agree", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		logIn := func(r *running, from, name string, number float64) *sioclient.Client {
			c := r.page(from)
			if err := c.Emit("add user", name); err != nil {
				t.Fatal(err)
			}
			if err := c.AwaitThat("login", func(args []any) bool { return args[0].(map[string]any)["numUsers"] == number }); err != nil {
				t.Fatal(err)
			}
			return c
		}
		eve := logIn(a, "192.0.2.5", "eve", 1)
		fay := logIn(b, "192.0.2.6", "fay", 2)
		if err := eve.AwaitThat("user joined", func(args []any) bool {
			return args[0].(map[string]any)["username"] == "fay" && args[0].(map[string]any)["numUsers"] == 2.0
		}); err != nil {
			t.Fatal(err)
		}
		eve.Close()
		if err := fay.AwaitThat("user left", func(args []any) bool {
			return args[0].(map[string]any)["username"] == "eve" && args[0].(map[string]any)["numUsers"] == 1.0
		}); err != nil {
			t.Fatal(err)
		}
		fay.Close()
	})
	t.Run("the count of a lesson is one", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		first, second := a.page("192.0.2.7"), b.page("192.0.2.8")
		reaches := func(c *sioclient.Client, want float64) {
			t.Helper()
			if err := c.AwaitThat("COUNT_UPDATED", func(args []any) bool { return args[0] == want }); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []struct {
			by   *sioclient.Client
			want float64
		}{{first, 1}, {second, 2}, {first, 3}} {
			if err := step.by.Emit("INCREMENT"); err != nil {
				t.Fatal(err)
			}
			reaches(step.by, step.want)
		}
		reaches(second, 3)
	})
	t.Run("an invitation and the unknown members of an object cross", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		join := func(r *running, from, name string) *sioclient.Client {
			c := r.page(from)
			if _, err := c.Command("userJoin", map[string]any{"username": name, "room": "attic"}); err != nil {
				t.Fatal(err)
			}
			return c
		}
		gus, hal := join(a, "192.0.2.10", "gus"), join(b, "192.0.2.11", "hal")
		if _, err := gus.Command("newRoom", map[string]any{"username2": "hal", "room": "cellar"}); err != nil {
			t.Fatal(err)
		}
		if err := hal.AwaitThat("newRoom", func(args []any) bool {
			offer := args[0].(map[string]any)
			return offer["room"] == "cellar" && offer["username"] == "gus" && offer["invitation"] == "/?room=cellar&username=hal"
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := gus.Command("updateChat", map[string]any{"body": "hello", "room": "attic", "colour": "red"}); err != nil {
			t.Fatal(err)
		}
		if err := hal.AwaitThat("updateChat", func(args []any) bool {
			m := args[0].(map[string]any)
			return m["body"] == "hello" && m["colour"] == "red" && m["author"] == "gus"
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestF4_ThePeopleOfADeadNodeLeaveTheRooms(t *testing.T) {
	a, b, _ := classicNodes(t, 3*time.Second)
	ann, bob := a.cord("192.0.2.1", "ann", "den"), b.cord("192.0.2.2", "bob", "den")
	awaitsPeople(t, ann, "ann", "bob")
	awaitsPeople(t, bob, "ann", "bob")
	b.redis.Close() // nothing more is heard of it
	awaitsNotice(t, ann, "bob has left the chat")
	awaitsPeople(t, ann, "ann")
	// The name becomes free, and the next person to use it continues as the same guest.
	await(t, "the name to be free", func() bool {
		again := a.cord("192.0.2.3", "bob", "den")
		defer again.Close()
		var users struct {
			Users []struct {
				ID       chat.UserID
				Username string
			}
		}
		raw, err := again.Await("roomUsers")
		if err != nil || json.Unmarshal(raw, &users) != nil {
			t.Fatalf("got %s, %v", raw, err)
		}
		last := users.Users[len(users.Users)-1]
		return last.Username == "bob" && last.ID == userNamed(t, a, "bob")
	})
}

func TestF4_WhileRedisIsAwayEachNodeServesItsOwnPeople(t *testing.T) {
	a, b, redis := classicNodes(t, 3*time.Second)
	ann, bob := a.cord("192.0.2.1", "ann", "den"), b.cord("192.0.2.2", "bob", "den")
	awaitsPeople(t, ann, "ann", "bob")
	awaitsPeople(t, bob, "ann", "bob")
	if err := redis.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitsNotice(t, ann, "bob has left the chat")
	awaitsNotice(t, bob, "ann has left the chat")
	cid := a.cord("192.0.2.3", "cid", "den")
	awaitsPeople(t, cid, "ann", "cid")
	awaitsNotice(t, ann, "cid has joined the chat")
	if err := redis.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*sioclient.Client{ann, bob} {
		awaitsPeople(t, c, "ann", "bob", "cid")
	}
	stranger := b.cord("192.0.2.9", "cid", "den")
	awaitsPeople(t, stranger, "ann", "bob", "cid", "cid-2")
	for _, name := range []string{"ann", "bob", "cid"} {
		if user, err := a.store.UserByID(t.Context(), userNamed(t, a, name)); err != nil || user.Kind != chat.KindGuest {
			t.Errorf("%s: got %+v, %v, want one guest", name, user, err)
		}
	}
}

func userNamed(t *testing.T, r *running, name string) chat.UserID {
	t.Helper()
	user, _, err := r.store.Credentials(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return user.ID
}
