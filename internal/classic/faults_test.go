package classic_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// greetings holds back greetings until the test releases them.
type greetings struct {
	mu   sync.Mutex
	come sync.Cond // signals one more
	due  []func()
}

func newGreetings() *greetings {
	g := &greetings{}
	g.come.L = &g.mu
	return g
}

func (g *greetings) after(_ time.Duration, f func()) func() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	var once sync.Once
	g.due = append(g.due, func() { once.Do(f) })
	g.come.Broadcast()
	return func() (stopped bool) {
		once.Do(func() { stopped = true })
		return stopped
	}
}

// await returns when this many sockets are waiting for their greeting and are subscribed to main.
func (g *greetings) await(sockets int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.due) < sockets {
		g.come.Wait()
	}
}

// greet releases the greetings of this many sockets, once they are waiting.
func (g *greetings) greet(sockets int) {
	g.await(sockets)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.due {
		f()
	}
	g.due = nil
}

func TestOnlySilentPagesAreGreeted(t *testing.T) {
	g := newGreetings()
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.AfterFunc = g.after })
	speaks := s.dial(sioclient.Options{})
	speaks.do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
	g.greet(1)
	speaks.do("", "chatMessage", "an answer comes behind all that was told")
	for _, event := range speaks.Pending() {
		if event.Name == "usernames" || event.Name == "message" && !bytes.HasPrefix(event.Args[0], []byte("{")) {
			t.Errorf("who had spoken was greeted: %s %s", event.Name, event.Args)
		}
	}
}

func TestMessagesBeforeTheGreetingArriveAfterIt(t *testing.T) {
	g := newGreetings()
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) { o.AfterFunc = g.after })
	silent, writer := s.dial(sioclient.Options{}), s.dial(sioclient.Options{})
	g.await(2)
	writer.do("", "SEND_MESSAGE", "early")
	await[string](writer, "message") // its welcome
	await[string](writer, "message")
	for _, event := range silent.Pending() {
		t.Errorf("told before it was greeted: %s %s", event.Name, event.Args)
	}
	g.greet(2)
	silent.greeted()
	if got := await[string](silent, "message"); got != "early" {
		t.Errorf("got %q, want what was said meanwhile", got)
	}
	if got := await[string](silent, "chat message"); got != "early" {
		t.Errorf("got %q, want what was said meanwhile", got)
	}
	silent.do("", "chat message", "mine")
	var got []string
	for !slices.Contains(got, "mine") {
		got = append(got, await[string](silent, "chat message"))
	}
	if len(got) != 1 {
		t.Errorf("after it has spoken: got %v, want nothing twice", got)
	}
}

func TestPageGetsTheMessagesAfterItsOffset(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	writer := s.dial(sioclient.Options{})
	for _, text := range []string{"one", "two", "three"} {
		writer.do("", "chat message", text)
	}
	var offset float64
	writer.wantLike("chat message", `"one"`)
	if err := writer.AwaitThat("chat message", func(args []any) bool {
		if args[0] == "two" {
			offset, _ = args[1].(float64)
		}
		return args[0] == "two"
	}); err != nil {
		t.Fatal(err)
	}
	back := s.dial(sioclient.Options{Auth: map[string]any{"serverOffset": offset}}).greeted()
	if got := await[string](back, "chat message"); got != "three" {
		t.Errorf("got %q first, want only what came after the offset", got)
	}
}

// safeBuffer is a log that may be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safeBuffer) lines(with string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.SplitSeq(s.b.String(), "\n") {
		if strings.Contains(line, with) {
			n++
		}
	}
	return n
}

func TestUnknownEventsAreAnsweredAndLoggedOnce(t *testing.T) {
	log := &safeBuffer{}
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) {
		o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	c := s.dial(sioclient.Options{})
	for range 2 {
		raw, err := c.Command("make coffee", 1, "black")
		var answer string
		if err != nil || json.Unmarshal(raw, &answer) != nil || !strings.Contains(answer, "make coffee") {
			t.Errorf("answer: got %s, %v, want a text with the name", raw, err)
		}
	}
	c.wantLike("classicError", `{"code":"invalid"}`)
	c.do("", "joinRoom", map[string]any{"username": "ann", "room": "den"})
	raw, err := c.Command("add user", "ann")
	if err != nil || raw == nil {
		t.Errorf("an event of another dialect: got %s, %v, want an answer", raw, err)
	}
	if n := log.lines(`event="make coffee"`); n != 1 {
		t.Errorf("the unknown event was logged %d times, want once", n)
	}
	if n := log.lines("pages of these send it: demo"); n != 1 {
		t.Errorf("the event of another dialect was logged %d times with its dialect, want once", n)
	}
	for n := range 100 { // invented events must fill neither memory nor the log
		if err := c.Emit("made up "+strings.Repeat("x", n), 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Command("people"); err != nil {
		t.Fatal(err)
	}
	if n := log.lines("made up"); n > 20 {
		t.Errorf("%d names that were made up were logged, want at most 20", n)
	}
}

func TestInvitationMayFollowJoiningImmediately(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	bob, _ := s.member("bob")
	guest, member := s.named("gus"), bob
	for _, c := range []*socket{guest, member} {
		c.do("", "userJoin", map[string]any{"room": "hall"})
	}
	invite := func(by *socket, whom, room string) {
		t.Helper()
		by.do("", "userJoin", map[string]any{"room": room})
		by.do("", "newRoom", map[string]any{"username2": whom, "room": room})
	}
	ann, _ := s.member("ann")
	invite(ann, "bob", "attic")
	got := await[map[string]string](member, "newRoom")
	if got["room"] != "attic" || got["username"] != "ann" || !strings.HasPrefix(got["invitation"], "/join/") {
		t.Errorf("a member by a member: got %v, want a link", got)
	}
	invite(ann, "gus", "attic")
	if got := await[map[string]string](guest, "newRoom"); got["invitation"] != "/?room=attic&username=gus" {
		t.Errorf("a guest by a member: got %v, want the page's address", got)
	}
	invite(guest, "bob", "a & b")
	if got := await[map[string]string](member, "newRoom"); got["invitation"] != "/?room=a+%26+b&username=bob" || got["username"] != "gus" {
		t.Errorf("a member by a guest: got %v, want the page's address", got)
	}
}

func TestUnknownMembersOfAMessageAreRelayed(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.named("ann"), s.named("bob")
	for _, c := range []*socket{a, b} {
		c.do("", "userJoin", map[string]any{"room": "den"})
	}
	a.do("", "updateChat", map[string]any{
		"originator": "ann", "body": "hello", "time": "12:00", "room": "den", "colour": map[string]any{"rgb": []int{1, 2}},
		"author": "somebody else", "username": "somebody else",
	})
	b.wantLike("updateChat", `{"originator":"ann","body":"hello","colour":{"rgb":[1,2]},"author":"ann","username":"ann"}`)
	b.do("", "updateChat", map[string]any{"body": "hi", "time": "12:00", "room": "den"})
	if got := await[seen](a, "updateChat"); time.Since(time.UnixMilli(got.Time)).Abs() > time.Hour {
		t.Errorf("time: got %d, want milliseconds", got.Time)
	}
}

func TestSecondTabIsTheSameGuestAndReceivesTheFirstTabsMessages(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	first, second, other := s.dial(sioclient.Options{}), s.dial(sioclient.Options{}), s.dial(sioclient.Options{})
	other.do("", "add user", "bob")
	first.do("", "add user", "ann")
	other.wantLike("user joined", `{"username":"ann","numUsers":2}`)
	second.do("", "add user", "ann")
	second.wantLike("login", `{"numUsers":2}`)
	first.do("", "new message", "hello")
	second.wantLike("new message", `{"username":"ann","message":"hello"}`)
	first.Close()
	second.do("", "new message", "still here")
	other.wantLike("new message", `{"username":"ann","message":"still here"}`)
	for _, event := range other.Pending() {
		if event.Name == "user left" || event.Name == "user joined" {
			t.Errorf("got %s %s for a second tab", event.Name, event.Args)
		}
	}
	second.Close()
	other.wantLike("user left", `{"username":"ann","numUsers":1}`)
}

func TestPageMaySendItsNameAfterJoiningARoom(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	there := s.dial(sioclient.Options{})
	there.do("", "joinRoom", map[string]any{"username": "bob", "room": "den"})
	late := s.dial(sioclient.Options{})
	late.do("", "join_room", "den")
	there.wantLike("roomUsers", `{"users":[{"username":"bob"},{"username":"guest"}]}`)
	there.do("", "chatMessage", "before")
	late.wantLike("receive_message", `{"author":"bob","message":"before","room":"den"}`)
	late.do("", "send_message", map[string]any{"room": "den", "author": "ann", "message": "hello", "time": "8:05"})
	there.wantLike("message", `{"username":"ann","text":"hello"}`)
	there.wantLike("message", `{"text":"guest has left the chat"}`)
	there.wantLike("roomUsers", `{"users":[{"username":"ann"},{"username":"bob"}]}`)
	there.do("", "chatMessage", "after")
	late.wantLike("receive_message", `{"author":"bob","message":"after"}`)
	late.do("", "send_message", map[string]any{"room": "den", "author": "somebody else", "message": "again"})
	there.wantLike("message", `{"username":"ann","text":"again"}`)
	late.Close()
	there.wantLike("message", `{"text":"ann has left the chat"}`)
	// An invalid name changes nothing.
	other := s.dial(sioclient.Options{})
	other.do("", "join_room", "den")
	other.do(chat.CodeInvalid, "send_message", map[string]any{"room": "den", "author": "!", "message": "refused"})
	other.do("", "send_message", map[string]any{"room": "den", "message": "taken"})
	there.wantLike("message", `{"username":"guest","text":"taken"}`)
}
