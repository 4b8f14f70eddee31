package classic_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
)

func TestF4_Simple(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) { c.do("", "new-user", room, name) },
		say:   func(said string) (string, []any) { return "send-chat-message", []any{"den", said} },
		also: func(_ *testing.T, _ *server, a, _ *socket) {
			a.wantLike("user-connected", `"bob"`)
		},
		message: object("chat-message", "name", "message"), silence: true, forgets: true,
	})
}

func TestF4_Joined(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, _ string) { c.do("", "new-user-joined", name) },
		main:  true,
		say:   text("send"),
		also: func(_ *testing.T, _ *server, a, _ *socket) {
			a.wantLike("user-joined", `"bob"`)
		},
		message: object("receive", "name", "message"), silence: true, forgets: true,
	})
}

func TestF4_Update(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, _ string) { c.do("", "newuser", name) },
		main:  true,
		say: func(said string) (string, []any) {
			return "chat", []any{map[string]any{"username": "ann", "text": said}}
		},
		also: func(_ *testing.T, s *server, a, _ *socket) {
			a.wantLike("update", `"bob joined the conversation"`)
			dan := s.named("dan")
			dan.do("", "newuser", "dan")
			a.wantLike("update", `"dan joined the conversation"`)
			dan.do("", "exituser", "dan")
			a.wantLike("update", `"dan left the conversation"`)
		},
		message: object("chat", "username", "text"), silence: true, forgets: true,
	})
}

func TestF4_Handle(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, _ string) { // these pages send the name with each message
			c.do("", "chat", map[string]any{"handle": name, "message": "I am " + name})
			c.wantLike("chat", `{"handle":`+quoted(name)+`,"message":`+quoted("I am "+name)+`}`)
		},
		main: true,
		say: func(said string) (string, []any) {
			return "chat", []any{map[string]any{"handle": "ann", "message": said}}
		},
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("chat", `{"handle":"bob","message":"I am bob"}`)
			b.do("", "typing", "bob")
			a.wantLike("typing", `"bob"`)
		},
		message: object("chat", "handle", "message"), forgets: true,
	})
}

func TestF4_JoinRoom(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "join_room", map[string]any{"room": room, "username": name})
		},
		say: func(said string) (string, []any) {
			return "send_message", []any{map[string]any{"room": "den", "author": "ann", "message": said, "time": "8:05"}}
		},
		message: object("receive_message", "author", "message"), silence: true, forgets: true,
	})
}

func TestF4_Plain(t *testing.T) {
	testPage(t, page{
		say:     text("message"),
		message: func(_, said string) (string, string) { return "message", quoted(said) }, forgets: true,
	})
}

func TestF4_PlainPagesShowWhoIsTyping(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.dial(sioclient.Options{}), s.dial(sioclient.Options{})
	for _, page := range []*socket{a, b} {
		page.do("", "message", "here")
	}
	a.do("", "activity", "an id that the page makes up")
	if got := await[string](b, "activity"); got != "guest" {
		t.Errorf("got %q, want the name of the guest", got)
	}
}

func TestF4_EnterRoom(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "enterRoom", map[string]any{"name": name, "room": room})
			c.wantLike("message", `{"name":"PartyChat","text":"You have joined den"}`)
		},
		say: func(said string) (string, []any) {
			return "message", []any{map[string]any{"name": "ann", "text": said}}
		},
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("message", `{"name":"PartyChat","text":"bob has joined"}`)
			a.wantLike("userList", `{"users":[{"name":"ann"},{"name":"bob"},{"name":"cid"}]}`)
			a.wantLike("roomList", `{"rooms":["den"]}`)
			b.do("", "activity", "bob")
			a.wantLike("activity", `"bob"`)
		},
		message: object("message", "name", "text"),
	})
}
