package classic_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// page describes how the pages of one dialect join a room and exchange messages.
type page struct {
	enter    func(c *socket, name, room string) // nil: pages are in main, with the name guest
	main     bool                               // the room is always main
	say      func(text string) (event string, args []any)
	message  func(author, text string) (event string, args string) // what a reader receives, see wantLike
	silence  bool                                                  // the author does not receive its own message
	share    func(latitude, longitude float64) (event string, args []any)
	location func(author, url string) (event string, args string)
	history  func(author, text string) (event string, args string) // after a reload; default: message
	forgets  bool                                                  // there is no history
	also     func(t *testing.T, s *server, a, b *socket)           // further checks, while ann and bob are in the room
}

const url = "https://google.com/maps?q=48.25,16.5"

// wantLike expects an event that contains at least the given values: of an object these members, of
// a list these items in order.
func (c *socket) wantLike(event, args string) {
	c.t.Helper()
	var want []any
	if err := json.Unmarshal([]byte("["+args+"]"), &want); err != nil {
		c.t.Fatalf("%s: %v", args, err)
	}
	if err := c.AwaitThat(event, func(got []any) bool { return like(got, want) }); err != nil {
		c.t.Fatalf("want %s %s: %v", event, args, err)
	}
}

func like(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		for name, value := range want {
			ok = ok && like(got[name], value)
		}
		return ok
	case []any:
		got, ok := got.([]any)
		ok = ok && len(got) >= len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = like(got[i], want[i])
		}
		return ok
	default:
		return reflect.DeepEqual(got, want)
	}
}

// quoted returns a text as JSON.
func quoted(text string) string {
	raw, _ := json.Marshal(text)
	return string(raw)
}

// testPage exchanges messages between two pages of a dialect, a page of the dialect rooms and the
// web client.
func testPage(t *testing.T, p page) {
	t.Helper()
	s := newServer(t, chat.Policy{Classic: true})
	eve, token := s.user("eve")
	room, name, author := chat.MainRoom, "main", "guest"
	if p.enter != nil {
		author = "ann"
	}
	if p.enter != nil && !p.main {
		sub, err := s.chat.Classic.Join(t.Context(), eve, "den")
		if err != nil {
			t.Fatal(err)
		}
		room, name = sub.ID, "den"
	}
	web := s.dial(sioclient.Options{Auth: map[string]any{"protocol": 1, "token": token}})
	await[json.RawMessage](web, "ready") // what is said from now on is news
	other := s.dial(sioclient.Options{}).greeted()
	other.do("", "userJoin", map[string]any{"username": "cid", "room": name})
	enter := func(who string) *socket {
		t.Helper()
		c := s.dial(sioclient.Options{})
		if p.enter == nil {
			return c.greeted()
		}
		p.enter(c, who, name)
		return c
	}
	a, b := enter("ann"), enter("bob")
	if p.also != nil {
		p.also(t, s, a, b)
	}
	readers := []*socket{a, b}

	event, args := p.say("hello")
	a.do("", event, args...)
	for _, c := range readers[map[bool]int{true: 1}[p.silence]:] {
		c.wantLike(p.message(author, "hello"))
	}
	other.wantLike("updateChat", `{"author":`+quoted(author)+`,"body":"hello"}`)
	web.wantLike("message:put", `{"message":{"body":"hello","author":{"username":`+quoted(author)+`}}}`)

	other.do("", "updateChat", map[string]any{"body": "hi", "room": name})
	web.do("", "message:send", wire.SendCommand{Room: room, ClientID: "00000000-0000-4000-8000-000000000001", Body: "from the web"})
	for _, c := range readers {
		c.wantLike(p.message("cid", "hi"))
		c.wantLike(p.message("eve", "from the web"))
	}

	if p.share != nil {
		event, args := p.share(48.25, 16.5)
		b.do("", event, args...)
		sharer := "bob"
		if p.enter == nil {
			sharer = "guest-2"
		}
		for _, c := range readers {
			c.wantLike(p.location(sharer, url))
		}
		web.wantLike("message:put", `{"message":{"kind":"location","location":{"latitude":48.25,"longitude":16.5},"author":{"username":`+quoted(sharer)+`}}}`)
		other.wantLike("updateChat", `{"author":`+quoted(sharer)+`,"body":`+quoted(url)+`}`)
	}
	if p.history == nil {
		p.history = p.message
	}
	a.Close()
	again := enter("ann")
	if !p.forgets {
		again.wantLike(p.history(author, "hello"))
		again.wantLike(p.history("eve", "from the web"))
	}
}

// text returns an event with one text.
func text(event string) func(string) (string, []any) {
	return func(said string) (string, []any) { return event, []any{said} }
}

// coordinates returns an event with an object.
func coordinates(event string) func(latitude, longitude float64) (string, []any) {
	return func(latitude, longitude float64) (string, []any) {
		return event, []any{map[string]any{"latitude": latitude, "longitude": longitude}}
	}
}

// object returns what a reader receives as an object with the author and a text or a URL.
func object(event, author, text string) func(string, string) (string, string) {
	return func(who, said string) (string, string) {
		return event, `{` + quoted(author) + `:` + quoted(who) + `,` + quoted(text) + `:` + quoted(said) + `}`
	}
}

func TestF4_Started(t *testing.T) {
	only := func(_, said string) (string, string) { return "chat message", quoted(said) }
	testPage(t, page{say: text("chat message"), message: only})
}

func TestF4_Demo(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "add user", name)
			c.wantLike("login", `{}`)
		},
		main: true,
		say:  text("new message"), message: object("new message", "username", "message"), silence: true,
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("user joined", `{"username":"bob","numUsers":3}`)
			b.do("", "typing")
			a.wantLike("typing", `{"username":"bob"}`)
			b.do("", "stop typing")
			a.wantLike("stop typing", `{"username":"bob"}`)
		},
	})
}

func TestF4_CourseThirdEdition(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "join", map[string]any{"username": name, "room": room})
			c.wantLike("message", `{"text":"Welcome!"}`)
		},
		say: text("sendMessage"), message: object("message", "username", "text"),
		share: coordinates("sendLocation"), location: object("locationMessage", "username", "url"),
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("message", `{"username":"PartyChat","text":"bob has joined!"}`)
			a.wantLike("roomData", `{"room":"den","users":[{"username":"ann"},{"username":"bob"},{"username":"cid"}]}`)
		},
	})
}

func TestF4_CourseSecondEdition(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "join", map[string]any{"name": name, "room": room})
			c.wantLike("newMessage", `{"text":"Welcome!"}`)
		},
		say: func(said string) (string, []any) {
			return "createMessage", []any{map[string]any{"text": said, "from": "somebody else"}}
		},
		message: object("newMessage", "from", "text"),
		share:   coordinates("createLocationMessage"), location: object("newLocationMessage", "from", "url"),
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("newMessage", `{"text":"bob has joined!"}`)
			a.wantLike("updateUserList", `["ann","bob","cid"]`)
		},
	})
}

func TestF4_CourseTutorialThatDescendsFromIt(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "join", map[string]any{"name": name, "room": room})
		},
		say: text("sendMessage"), message: object("message", "user", "text"),
		also: func(t *testing.T, s *server, a, b *socket) {
			t.Helper()
			a.wantLike("roomData", `{"users":[{"name":"ann"},{"name":"bob"}]}`)
			s.dial(sioclient.Options{}).do(chat.CodeInvalid, "join", map[string]any{"name": "", "room": "den"})
			upper := s.dial(sioclient.Options{})
			upper.do("", "join", map[string]any{"name": "Dora Lee", "room": "den"})
			upper.do("", "sendMessage", "x")
			a.wantLike("message", `{"user":"dora-lee","username":"Dora-Lee","text":"x"}`)
			upper.Close()
			a.wantLike("message", `{"text":"Dora-Lee has left!"}`)
		},
	})
}

func TestF4_LessonCountAndMessages(t *testing.T) {
	testPage(t, page{
		say: text("SEND_MESSAGE"), message: func(_, said string) (string, string) { return "MESSAGE", quoted(said) },
		share:    func(latitude, longitude float64) (string, []any) { return "SEND_LOCATION", []any{latitude, longitude} },
		location: func(_, url string) (string, string) { return "MESSAGE", quoted(url) },
		forgets:  true,
		also: func(_ *testing.T, _ *server, a, b *socket) {
			if err := a.Emit("INCREMENT"); err != nil {
				a.t.Fatal(err)
			}
			b.wantLike("COUNT_UPDATED", `1`)
			a.wantLike("COUNT_UPDATED", `1`)
		},
	})
}

func TestF4_UpperCase(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "JOIN", map[string]any{"username": name, "room": room})
			c.wantLike("MESSAGE", `{"text":"Welcome!"}`)
		},
		say: text("SEND_MESSAGE"), message: object("MESSAGE", "username", "text"),
		share:    func(latitude, longitude float64) (string, []any) { return "SEND_LOCATION", []any{latitude, longitude} },
		location: object("LOCATION_MESSAGE", "username", "url"),
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("MESSAGE", `{"text":"bob has joined!"}`)
			a.wantLike("ROOM_DATA", `{"room":"den","users":[{"username":"ann"},{"username":"bob"},{"username":"cid"}]}`)
		},
	})
}

func TestF4_Cord(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "joinRoom", map[string]any{"username": name, "room": room})
			c.wantLike("message", `{"username":"PartyChat","text":"Welcome!"}`)
		},
		say: text("chatMessage"), message: object("message", "username", "text"),
		also: func(_ *testing.T, _ *server, a, b *socket) {
			a.wantLike("message", `{"text":"bob has joined the chat"}`)
			a.wantLike("roomUsers", `{"room":"den","users":[{"username":"ann"},{"username":"bob"},{"username":"cid"}]}`)
		},
	})
}

func TestF4_RoomsAsThePageHasThem(t *testing.T) {
	testPage(t, page{
		enter: func(c *socket, name, room string) {
			c.do("", "userJoin", map[string]any{"username": name, "room": room})
		},
		say: func(said string) (string, []any) {
			return "sendChat", []any{map[string]any{"sender": "somebody else", "message": said, "time": "12:00:01", "room": "den", "colour": "green"}}
		},
		message: object("updateChat", "sender", "message"), silence: true,
		history: func(author, said string) (string, string) {
			list := `{"sender":` + quoted(author) + `,"message":` + quoted(said) + `}`
			if said == "hello" {
				return "messageHistory", `[{"sender":"bob","message":"as it was"},` + list + `]`
			}
			return "msgHistory", `[{"body":"as it was"},{"body":"hello"},{"body":"hi"},{"author":"eve","body":"from the web"}]`
		},
		also: func(t *testing.T, s *server, a, b *socket) {
			t.Helper()
			b.do("", "sendChat", map[string]any{"sender": "x", "message": "as it was", "time": "12:00:01", "room": "den", "colour": "green"})
			a.wantLike("updateChat", `{"sender":"bob","username":"bob","message":"as it was","time":"12:00:01","colour":"green"}`)
			gone := s.dial(sioclient.Options{})
			gone.do("", "userJoin", map[string]any{"username": "dan", "room": "den"})
			gone.do("", "userLeave", map[string]any{"username": "dan", "room": "den"})
			a.wantLike("userLeave", `{"username":"dan","room":"den"}`)
			a.wantLike("activeUsers", `["ann","bob","cid"]`)
		},
	})
}

func TestF4_Pairs(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	ann, token := s.user("ann")
	a := s.dial(sioclient.Options{Header: cookie(token)})
	bob, bobs := s.user("bob")
	b := s.dial(sioclient.Options{Header: cookie(bobs)})
	b.wantLike("storeUsername", `{"username":"bob","userList":[{"username":"ann"},{"username":"bob"}]}`)
	a.wantLike("updateUsers", `["ann","bob"]`)
	open := func(c *socket, with chat.User) {
		t.Helper()
		c.do("", "chatHistory", map[string]any{"offset": 0, "id": with.ID, "pagination": false})
	}
	open(a, bob)
	a.wantLike("chatHistory", `[]`)
	open(b, ann)
	a.do("", "typing")
	b.wantLike("typing", `"ann is typing …"`)
	a.do("", "doneTyping")
	b.wantLike("doneTyping", `"ann"`)
	for _, said := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"} {
		a.do("", "chatMessage", said)
		for _, c := range []*socket{a, b} {
			c.wantLike("chatMessage", `{"User":{"username":"ann"},"username":"ann","msg":`+quoted(said)+`}`)
		}
	}
	other := s.dial(sioclient.Options{Header: cookie(s.token(bob))}) // speaks the dialect one-to-one
	other.do("", "chatHistory", "ann")
	other.wantLike("chatHistory", `[{"body":"3"}]`)
	other.do("", "chatMessage", "from another dialect")
	a.wantLike("chatMessage", `{"User":{"username":"bob"},"msg":"from another dialect"}`)
	open(a, bob)
	a.wantLike("chatHistory", `[{"msg":"from another dialect"},{"msg":"12"},{"msg":"11"}]`)
	a.do("", "chatHistory", map[string]any{"offset": 10, "pagination": true})
	a.wantLike("chatHistory", `[{"msg":"3"},{"msg":"2"},{"User":{"username":"ann"},"msg":"1"}]`)
	web := s.dial(sioclient.Options{Auth: map[string]any{"protocol": 1, "token": bobs}})
	await[json.RawMessage](web, "ready")
	a.do("", "chatMessage", "to the web")
	web.wantLike("message:put", `{"message":{"body":"to the web","author":{"username":"ann"}}}`)
}

func TestPageGetsTheListOfUsersBeforeTheirPresence(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	_, token := s.user("ann")
	a := s.dial(sioclient.Options{Header: cookie(token)}) // before its dialect is known
	for listed := false; ; {
		event, err := a.Next()
		if err != nil {
			t.Fatal(err)
		}
		listed = listed || event.Name == "storeUsername"
		if event.Name == "updateUsers" {
			if !listed {
				t.Error("who is online came before the list in which the page marks them")
			}
			return
		}
	}
}
