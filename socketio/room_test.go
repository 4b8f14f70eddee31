package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// three connects sockets a, b and c; a and b are in room "ab", c in "c".
func three(t *testing.T, h *host) (peers map[string]*peer, sockets map[string]*Socket) {
	t.Helper()
	peers, sockets = map[string]*peer{}, map[string]*Socket{}
	for _, name := range []string{"a", "b", "c"} {
		p, id := h.join("/")
		peers[name], sockets[name] = p, h.Of("/").To(id).Sockets()[0]
	}
	sockets["a"].Join("ab", "ab")
	sockets["b"].Join("ab")
	sockets["c"].Join("c")
	return peers, sockets
}

func TestBroadcastReachesEachSelectedSocketOnce(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	peers, sockets := three(t, h)
	a, c := sockets["a"], sockets["c"]
	tests := []struct {
		name string
		b    Broadcast
		want string
	}{
		{"all", n.Except(), "abc"},
		{"a room", n.To("ab"), "ab"},
		{"rooms that overlap", n.To("ab", "c", a.ID()).In("ab"), "abc"},
		{"a socket's own room", n.To(c.ID()), "c"},
		{"no such room", n.To("none"), ""},
		{"except a room", n.Except("ab"), "c"},
		{"except a socket", n.Except(a.ID()), "bc"},
		{"a room except a socket", n.To("ab").Except(a.ID()), "b"},
		{"a room except itself", n.To("ab").Except("ab"), ""},
		{"local", n.Local().To("ab").Local(), "ab"},
		{"from a socket to a room", a.To("ab"), "b"},
		{"from a socket to all", a.Broadcast(), "bc"},
		{"from a socket except a room", c.Except("none"), "ab"},
		{"volatile", n.Volatile().To("ab"), "ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.b.Emit("m", tt.name); err != nil {
				t.Fatal(err)
			}
			if err := n.Emit("end"); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, name := range []string{"a", "b", "c"} {
				for {
					packet := peers[name].read()
					if packet == `2["end"]` {
						break
					}
					wantEqual(t, packet, `2["m","`+tt.name+`"]`)
					got += name
				}
			}
			wantEqual(t, got, tt.want)
			wantEqual(t, len(tt.b.Sockets()), len(tt.want))
		})
	}
}

func TestVolatileEventsAreDroppedForAClientThatIsNotReady(t *testing.T) {
	h := newHost(t, Options{})
	sockets := make(chan *Socket, 1)
	h.OnConnect(func(s *Socket) { sockets <- s })
	url := "http://" + h.addr + "/socket.io/?EIO=4&transport=polling"
	request := func(method, url, body string) string {
		t.Helper()
		req, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var open struct{ SID string }
	if err := json.Unmarshal([]byte(request("GET", url, "")[1:]), &open); err != nil {
		t.Fatal(err)
	}
	url += "&sid=" + open.SID
	wantEqual(t, request("POST", url, "40"), "ok")
	s := receive(t, sockets)
	// Between two polls nothing can be sent at once.
	for _, err := range []error{
		s.Volatile().Emit("lost"), h.Of("/").Volatile().Emit("lost"), h.Of("/").To(s.ID()).Volatile().Emit("lost"),
		s.Emit("kept"),
	} {
		wantEqual(t, err, nil)
	}
	wantEqual(t, request("GET", url, ""), `40{"sid":"`+s.ID()+`"}`+"\x1e"+`42["kept"]`)
	answer := make(chan string, 1)
	go func() { answer <- request("GET", url, "") }()
	waitFor(t, "a volatile event to go out", func() bool {
		if err := s.Volatile().Emit("seen"); err != nil {
			t.Error(err)
		}
		return len(answer) > 0
	})
	wantEqual(t, <-answer, `42["seen"]`)
}

func TestBroadcastsAreValuesThatDoNotDisturbEachOther(t *testing.T) {
	h := newHost(t, Options{})
	base := h.Of("/").To("x")
	one, two := base.To("one"), base.To("two")
	if !slices.Equal(one.sel.Rooms, []string{"x", "one"}) || !slices.Equal(two.sel.Rooms, []string{"x", "two"}) {
		t.Errorf("got %v and %v", one.sel.Rooms, two.sel.Rooms)
	}
}

func TestJoinLeaveAndDisconnectInBulk(t *testing.T) {
	h := newHost(t, Options{})
	n := h.Of("/")
	peers, sockets := three(t, h)
	n.To("ab").Join("new", "newer")
	wantEqual(t, len(n.To("new").Sockets()), 2)
	wantEqual(t, strings.Join(sockets["a"].Rooms(), " "), "ab new newer")
	n.To("new").Leave("newer", "ab", "unknown")
	wantEqual(t, strings.Join(sockets["a"].Rooms(), " "), "new")
	n.To("new").Disconnect(false)
	peers["a"].want("1")
	peers["b"].want("1")
	n.Disconnect(true)
	peers["c"].want("1")
	peers["c"].wantClosed()
	wantEqual(t, len(n.Sockets()), 0)
}

func TestRoomsEndWithTheirLastMember(t *testing.T) {
	h := newHost(t, Options{})
	peers, sockets := three(t, h)
	sockets["c"].Leave("c")
	peers["a"].Close()
	peers["b"].Close()
	adapter := h.Of("/").adapter.(*memoryAdapter)
	waitFor(t, "the rooms to go", func() bool {
		adapter.mu.Lock()
		defer adapter.mu.Unlock()
		return len(adapter.rooms) == 0 && len(adapter.ids) == 1
	})
	sockets["a"].Join("after the end")
	wantEqual(t, len(adapter.rooms), 0)
}

func TestBroadcastReturnsTheAnswersAndHowManyAreMissing(t *testing.T) {
	h := newHost(t, Options{})
	peers, sockets := three(t, h)
	type outcome struct {
		replies []AckReply
		err     error
	}
	ask := func(b Broadcast) <-chan outcome {
		done := make(chan outcome, 1)
		go func() {
			replies, err := b.EmitWithAck(context.Background(), "q")
			done <- outcome{replies, err}
		}()
		return done
	}
	check := func(got outcome, want ...*Socket) {
		t.Helper()
		wantEqual(t, len(got.replies), len(want))
		for i, r := range got.replies {
			wantEqual(t, r.Socket, want[i])
			wantEqual(t, string(r.Args[0].Raw()), `"yes"`)
		}
	}
	all := h.Of("/").To().Timeout(enough)

	done := ask(all)
	for _, name := range []string{"a", "b", "c"} {
		peers[name].want(`20["q"]`)
	}
	peers["a"].send(`30["yes"]`)
	got := receive(t, done) // b and c never answer
	check(got, sockets["a"])
	var missing *AckError
	if !errors.As(got.err, &missing) || !errors.Is(got.err, ErrAckTimeout) {
		t.Fatalf("got %v, want a time-out", got.err)
	}
	wantEqual(t, missing.Expected, 3)
	wantEqual(t, missing.Answered, 1)
	waitFor(t, "the acknowledgements to be forgotten", func() bool {
		s := sockets["b"]
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.acks) == 0
	})

	done = ask(h.Of("/").To("ab").Timeout(time.Hour))
	peers["a"].want(`21["q"]`)
	peers["b"].want(`21["q"]`)
	peers["a"].send(`31["yes"]`)
	peers["b"].Close()
	got = receive(t, done) // sockets that have left are not waited for
	check(got, sockets["a"])
	if !errors.Is(got.err, ErrDisconnected) {
		t.Errorf("got %v, want that a client has gone", got.err)
	}

	waitFor(t, "b to leave the room", func() bool { return len(h.Of("/").To("ab").Sockets()) == 1 })
	done = ask(h.Of("/").To("ab"))
	peers["a"].want(`22["q"]`)
	peers["a"].send(`32["yes"]`)
	got = receive(t, done)
	check(got, sockets["a"])
	wantEqual(t, got.err, nil)

	got = receive(t, ask(h.Of("/").To("nobody")))
	check(got)
	wantEqual(t, got.err, nil)
}

func TestAcknowledgementsOfABroadcastAreLimitedInBytes(t *testing.T) {
	h := newHost(t, Options{MaxAckBytes: 3000})
	peers, _ := three(t, h)
	type outcome struct {
		replies int
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		replies, err := h.Of("/").To().Timeout(time.Hour).EmitWithAck(context.Background(), "q")
		done <- outcome{len(replies), err}
	}()
	large := strings.Repeat("x", 2000)
	for _, name := range []string{"a", "b", "c"} {
		peers[name].want(`20["q"]`)
	}
	peers["a"].send(`30["` + large + `"]`)
	peers["b"].send(`61-0[{"_placeholder":true,"num":0}]`)
	peers["b"].attach(large)
	peers["c"].send(`30["` + large + `"]`)
	got := receive(t, done)
	var missing *AckError
	if !errors.As(got.err, &missing) || !errors.Is(got.err, ErrAcksTooLarge) || missing.Expected != 3 || missing.Answered != 1 || got.replies != 1 {
		t.Errorf("got %d replies and %v, want one of three", got.replies, got.err)
	}
}
