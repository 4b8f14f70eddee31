package classic_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

func TestF4_Lesson(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.dial(sioclient.Options{}).greeted(), s.dial(sioclient.Options{}).greeted()
	if err := a.Emit("SEND_MESSAGE", "hello"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*socket{a, b} {
		if got := await[string](c, "message"); got != "hello" {
			t.Errorf("got %q, want hello", got)
		}
	}
	if err := b.Emit("INCREMENT"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*socket{a, b} {
		if got := await[int](c, "COUNT_UPDATED"); got != 1 {
			t.Errorf("got %d, want 1", got)
		}
	}
	if err := a.Emit("COUNT_INCREMENTED"); err != nil {
		t.Fatal(err)
	}
	if got := await[int](b, "COUNT_UPDATED"); got != 2 {
		t.Errorf("got %d, want 2", got)
	}
	newcomer := s.dial(sioclient.Options{})
	if got := await[int](newcomer, "COUNT_UPDATED"); got != 2 {
		t.Errorf("a newcomer: got %d, want 2", got)
	}
	// The same messages are in main.
	ann, token := s.user("ann")
	page, err := s.chat.Messages.Page(t.Context(), ann, chat.MainRoom, chat.MessagePage{})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].Author.Username != "guest" {
		t.Errorf("main: got %+v, %v, want what the guest has said", page, err)
	}
	full := s.dial(sioclient.Options{Auth: map[string]any{"protocol": 1, "token": token}})
	full.do("", "message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: "00000000-0000-4000-8000-000000000001", Body: "from the web"})
	if got := await[string](b, "message"); got != "from the web" {
		t.Errorf("got %q, want what was written in the web client", got)
	}
	b.do("", "SEND_MESSAGE", "to the web")
	for await[wire.MessagePut](full, "message:put").Message.Body != "to the web" {
	}
}

func TestF4_OneToOne(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, ann := s.member("ann")
	b := s.named("bob")
	for !slices.Equal(await[[]string](a, "updateUsers"), []string{"ann", "bob"}) {
	}
	a.do(chat.CodeNotFound, "chatHistory", "nobody")
	a.do(chat.CodeInvalid, "chatMessage", "too early")
	a.do("", "chatHistory", "bob")
	if got := await[[]seen](a, "chatHistory"); len(got) != 0 {
		t.Errorf("history at first: got %v, want none", got)
	}
	b.do("", "chatHistory", "Ann")
	await[[]seen](b, "chatHistory")
	want := []string{}
	for i := range 25 {
		body := string(rune('a' + i))
		want = append(want, body)
		a.do("", "chatMessage", body)
		for _, c := range []*socket{a, b} {
			if got := await[seen](c, "chatMessage"); got.Body != body || got.Author != "ann" || got.Username != "ann" || got.Message != body || got.Time == 0 {
				t.Errorf("got %+v, want %s by ann", got, body)
			}
		}
	}
	again := s.named("cid") // someone else sees nothing of it
	again.do("", "chatHistory", "bob")
	if got := await[[]seen](again, "chatHistory"); len(got) != 0 {
		t.Errorf("history of another: got %v, want none", got)
	}
	c := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	for _, page := range [][]string{want[15:], want[5:15], want[:5], {}} {
		c.do("", "chatHistory", "bob")
		if got := bodies(await[[]seen](c, "chatHistory")); !slices.Equal(got, page) {
			t.Errorf("history: got %v, want %v", got, page)
		}
	}
	a.do("", "typing")
	if got := await[string](b, "typing"); got != "ann" {
		t.Errorf("typing: got %q, want ann", got)
	}
	a.do("", "doneTyping")
	if got := await[string](b, "doneTyping"); got != "ann" {
		t.Errorf("doneTyping: got %q, want ann", got)
	}
	a.do("", "typing")
	a.Close()
	await[string](b, "doneTyping")
	for _, event := range append(c.Pending(), again.Pending()...) {
		if event.Name == "typing" {
			t.Error("one's own tab or a stranger was told of typing")
		}
	}
	b.Close()
	c.Close()
	for !slices.Equal(await[[]string](again, "updateUsers"), []string{"cid"}) {
	}
}

func TestF4_Rooms(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.dial(sioclient.Options{}).greeted(), s.dial(sioclient.Options{}).greeted()
	join := func(c *socket, name, room string) {
		t.Helper()
		c.do("", "userJoin", map[string]any{"username": name, "room": room})
	}
	join(a, "ann", "Den")
	if got := await[[]seen](a, "msgHistory"); len(got) != 0 {
		t.Errorf("history of a new room: got %v, want none", got)
	}
	if got := await[[]string](a, "activeUsers"); !slices.Equal(got, []string{"ann"}) {
		t.Errorf("got %v, want ann", got)
	}
	a.do("", "updateChat", map[string]any{"body": "hello", "time": "12:00", "room": "Den"})
	join(b, "bob", "den")
	if got := await[[]seen](b, "msgHistory"); !slices.Equal(bodies(got), []string{"hello"}) || got[0].Author != "ann" {
		t.Errorf("history: got %+v, want hello by ann", got)
	}
	for _, c := range []*socket{a, b} {
		if got := await[[]string](c, "activeUsers"); !slices.Equal(got, []string{"ann", "bob"}) {
			t.Errorf("got %v, want ann and bob", got)
		}
	}
	if got := await[map[string]string](a, "userJoin"); got["username"] != "bob" {
		t.Errorf("userJoin: got %v, want bob", got)
	}
	b.do("", "userTyping", map[string]any{"username": "bob", "room": "den"})
	if got := await[map[string]string](a, "userTyping"); got["username"] != "bob" {
		t.Errorf("userTyping: got %v, want bob", got)
	}
	b.do("", "updateChat", map[string]any{"body": "hi", "time": "12:01", "room": "den"})
	if got := await[seen](a, "updateChat"); got.Body != "hi" || got.Author != "bob" || got.Room != "Den" {
		t.Errorf("updateChat: got %+v, want hi by bob in Den", got)
	}
	for _, event := range b.Pending() {
		if event.Name == "updateChat" || event.Name == "userJoin" || event.Name == "userTyping" {
			t.Errorf("%s came back to who sent it", event.Name)
		}
	}
	b.do(chat.CodeInvalid, "updateChat", map[string]any{"body": "x", "room": "elsewhere"})
	b.do(chat.CodeInvalid, "userJoin", "Den")

	// The room belongs to the two alone: private, and in both their lists.
	eve, _ := s.user("eve")
	if rooms, _, err := s.chat.Rooms.Search(t.Context(), eve, "den", "", 0); err != nil || len(rooms) != 0 {
		t.Errorf("rooms found by others: got %v, %v, want none", rooms, err)
	}

	b.do("", "newRoom", map[string]any{"username2": "ann", "room": "attic"})
	if got := await[map[string]string](a, "newRoom"); got["room"] != "attic" || got["username"] != "bob" {
		t.Errorf("newRoom: got %v, want an invitation by bob to the attic", got)
	}
	b.do("", "newRoom", map[string]any{"username2": "ann", "room": "den"}) // where both are
	join(a, "ann", "attic")
	for !slices.Equal(await[[]string](b, "activeUsers"), []string{"bob"}) {
	}
	for _, event := range a.Pending() {
		if event.Name == "newRoom" {
			t.Error("an invitation into a room where both are")
		}
	}
	join(b, "bob", "attic")
	b.Close()
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann"}) {
	}
}

func TestFirstEventDeterminesTheDialect(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.named("ann"), s.named("bob")
	a.do("", "userJoin", map[string]any{"room": "den"})
	b.do("", "SEND_MESSAGE", "to the lesson")
	await[string](b, "message")
	a.do("", "userJoin", map[string]any{"room": "den"})
	for _, event := range a.Pending() {
		if event.Name == "message" {
			t.Error("a client of rooms heard the lesson")
		}
	}
	if err := a.Emit("SEND_MESSAGE", "not mine"); err != nil {
		t.Fatal(err)
	}
	a.do("", "userTyping")
	eve, _ := s.user("eve")
	page, err := s.chat.Messages.Page(t.Context(), eve, chat.MainRoom, chat.MessagePage{})
	if err != nil || len(page.Messages) != 1 {
		t.Errorf("main: got %+v, %v, want one message only", page.Messages, err)
	}
}

func TestNameBelongsToOneGuest(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	s.user("ann")
	from := func(address string) *socket {
		t.Helper()
		return s.dial(sioclient.Options{Header: map[string][]string{"X-From": {address}}}).greeted()
	}
	join := func(c *socket) []string {
		t.Helper()
		c.do("", "userJoin", map[string]any{"username": "ANN", "room": "den"})
		return await[[]string](c, "activeUsers")
	}
	a := from("192.0.2.1")
	if got := join(a); !slices.Equal(got, []string{"ANN-2"}) {
		t.Errorf("the name of a member: got %v, want ANN-2", got)
	}
	tab := from("192.0.2.1")
	if got := join(tab); !slices.Equal(got, []string{"ANN-2"}) {
		t.Errorf("a second tab: got %v, want the same person", got)
	}
	b := from("192.0.2.2")
	if got := join(b); !slices.Equal(got, []string{"ANN-2", "ANN-3"}) {
		t.Errorf("the same name from elsewhere at the same time: got %v, want ANN-2 and ANN-3", got)
	}
	a.Close()
	tab.Close()
	for !slices.Equal(await[[]string](b, "activeUsers"), []string{"ANN-3"}) {
	}
	if got := join(from("192.0.2.1")); !slices.Equal(got, []string{"ANN-2", "ANN-3"}) {
		t.Errorf("after a reload: got %v, want ANN-2 again", got)
	}
	b.do(chat.CodeInvalid, "userJoin", map[string]any{"room": ""})
	s.dial(sioclient.Options{}).greeted().do(chat.CodeInvalid, "userJoin", map[string]any{"username": "!", "room": "den"})
	s.dial(sioclient.Options{}).greeted().do(chat.CodeUnauthenticated, "chatHistory", "ann")
}

func TestWithoutTheOptionClassicNeedsASession(t *testing.T) {
	s := newServer(t, chat.Policy{})
	a, _ := s.member("ann")
	s.refuses(sioclient.Options{Auth: map[string]any{"username": "bob"}}, chat.CodeUnauthenticated)
	s.refuses(sioclient.Options{}, chat.CodeUnauthenticated)
	a.do("", "SEND_MESSAGE", "hello")
	if got := await[string](a, "message"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestD3_ClassicSocketsReceiveMessagesInOrder(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	lesson, room := s.named("ann"), s.named("bob")
	lesson.do("", "SEND_MESSAGE", "first")
	await[string](lesson, "message")
	room.do("", "userJoin", map[string]any{"room": "main"})
	s.broker.mu.Lock()
	s.broker.late = 5
	s.broker.mu.Unlock()
	eve, _ := s.user("eve")
	want := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, body := range want {
		if _, _, err := s.chat.Messages.Send(t.Context(), eve, chat.SendInput{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	var inLesson, inRoom []string
	for range want {
		inLesson = append(inLesson, await[string](lesson, "message"))
		inRoom = append(inRoom, await[seen](room, "updateChat").Body)
	}
	if !slices.Equal(inLesson, want) {
		t.Errorf("in the lesson: got %v, want %v", inLesson, want)
	}
	if !slices.Equal(inRoom, want) {
		t.Errorf("in the room: got %v, want %v", inRoom, want)
	}
}
