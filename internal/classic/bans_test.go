package classic_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

const (
	bannedFromServer = "You are banned from this server. Its admins can let you back in."
	bannedFromRoom   = "You are banned from this room. Its admins can let you back in."
	removedFromRoom  = "You were removed from this room."
)

// admin signs up first and thus becomes the server's admin.
func (s *server) admin() chat.User {
	s.t.Helper()
	user, _ := s.user("root")
	return user
}

// ban bans a user from a room, or from the server if room is 0.
func (s *server) ban(admin chat.User, room chat.RoomID, user chat.UserID) {
	s.t.Helper()
	var err error
	if room == 0 {
		_, _, err = s.chat.Users.Ban(s.t.Context(), admin, user)
	} else {
		_, _, err = s.chat.Rooms.Ban(s.t.Context(), admin, room, user)
	}
	if err != nil {
		s.t.Fatalf("ban: %v", err)
	}
}

// wantError awaits a classicError.
func (c *socket) wantError(code chat.Code, sentence string) {
	c.t.Helper()
	if got := await[wire.ErrorInfo](c, "classicError"); got.Code != code || got.Message != sentence {
		c.t.Errorf("classicError: got %+v, want %s: %s", got, code, sentence)
	}
}

// wantBanned waits until the server has disconnected the banned user's socket for good.
func (c *socket) wantBanned() {
	c.t.Helper()
	c.wantError(chat.CodeForbidden, bannedFromServer)
	if disconnected, err := c.AwaitClose(); err != nil || !disconnected {
		c.t.Errorf("end of the socket: got disconnected %t, %v, want it to be disconnected", disconnected, err)
	}
}

// called returns the user with that name.
func (s *server) called(name string) chat.User {
	s.t.Helper()
	user, err := s.chat.Classic.User(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return user
}

// together makes sockets join the den, which has its own admin.
func (s *server) together(sockets ...*socket) (owner chat.User, den chat.RoomID) {
	s.t.Helper()
	owner, _ = s.user("owner")
	sub, err := s.chat.Classic.Join(s.t.Context(), owner, "den")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range sockets {
		c.do("", "userJoin", map[string]any{"room": "den"})
		await[[]seen](c, "msgHistory")
	}
	return owner, sub.ID
}

// hearsOnly joins the hall and checks that, of messages in the den and then in the hall, the socket
// receives only the latter.
func (s *server) hearsOnly(c *socket, owner chat.User, den chat.RoomID) {
	s.t.Helper()
	if _, _, err := s.chat.Messages.Send(s.t.Context(), owner, chat.SendInput{Room: den, ClientID: uuid.NewString(), Body: "among ourselves"}); err != nil {
		s.t.Fatal(err)
	}
	c.do("", "userJoin", map[string]any{"room": "hall"}) // an answer comes behind all that was told
	for _, event := range c.Pending() {
		if event.Name == "updateChat" {
			s.t.Errorf("who has lost the room was told %s", event.Args[0])
		}
	}
}

func TestServerBanDisconnectsTheUsersClassicSockets(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	root := s.admin()
	ann, token := s.user("ann")
	first, second := s.dial(sioclient.Options{Header: cookie(token)}).greeted(), s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	guest, other := s.named("gus"), s.named("bob")
	s.ban(root, 0, ann.ID)
	first.wantBanned()
	second.wantBanned()
	s.ban(root, 0, s.called("gus").ID)
	guest.wantBanned()
	other.do("", "SEND_MESSAGE", "still here")
	if got := await[string](other, "message"); got != "still here" {
		t.Errorf("another: got %q, want it to go on", got)
	}
}

func TestNameOfABannedGuestIsRefused(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	root := s.admin()
	guest := s.named("gus")
	gus := s.called("gus")
	s.ban(root, 0, gus.ID)
	guest.wantBanned()

	byHandshake := s.dial(sioclient.Options{Auth: map[string]any{"username": "Gus"}})
	byHandshake.wantError(chat.CodeForbidden, bannedFromServer)
	byHandshake.greeted().do(chat.CodeUnauthenticated, "userJoin", map[string]any{"room": "den"})
	byJoining := s.dial(sioclient.Options{}).greeted()
	byJoining.do(chat.CodeForbidden, "userJoin", map[string]any{"username": "gus", "room": "den"})
	byJoining.do("", "userJoin", map[string]any{"username": "bob", "room": "den"}) // who has a name of their own

	if err := s.chat.Users.Unban(t.Context(), root, gus.ID); err != nil {
		t.Fatal(err)
	}
	again := s.named("gus")
	again.do("", "userJoin", map[string]any{"room": "hall"})
	for !slices.Equal(await[[]string](again, "activeUsers"), []string{"gus"}) {
	}
}

func TestGuestWithTheNameOfABannedGuestGetsAnotherName(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	root := s.admin()
	say := func(body string) *socket {
		t.Helper()
		c := s.dial(sioclient.Options{}).greeted()
		c.do("", "SEND_MESSAGE", body)
		return c
	}
	author := func() string {
		t.Helper()
		page, err := s.chat.Messages.Page(t.Context(), root, chat.MainRoom, chat.MessagePage{Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		messages := slices.DeleteFunc(page.Messages, func(m chat.Message) bool { return m.Kind == chat.MessageNotice })
		return messages[len(messages)-1].Author.Username
	}
	guest := say("spam")
	s.ban(root, 0, s.called("guest").ID)
	guest.wantBanned()
	guest = say("more spam")
	if got := author(); got != "guest-2" {
		t.Errorf("the next one: got %q, want guest-2", got)
	}
	s.ban(root, chat.MainRoom, s.called("guest-2").ID)
	guest.wantError(chat.CodeForbidden, bannedFromRoom)
	guest.Close()
	say("hello")
	if got := author(); got != "guest-3" {
		t.Errorf("the one after: got %q, want guest-3", got)
	}
}

func TestRemovedUserIsToldWhyAndReceivesNoMoreFromTheRoom(t *testing.T) {
	for _, test := range []struct {
		name, sentence string
		code           chat.Code // when joining again
		act            func(s *server, owner chat.User, den chat.RoomID, user chat.UserID) error
	}{
		{"put out", removedFromRoom, "", func(s *server, owner chat.User, den chat.RoomID, user chat.UserID) error {
			return s.chat.Rooms.Remove(s.t.Context(), owner, den, user)
		}},
		{"banned", bannedFromRoom, chat.CodeForbidden, func(s *server, owner chat.User, den chat.RoomID, user chat.UserID) error {
			_, _, err := s.chat.Rooms.Ban(s.t.Context(), owner, den, user)
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t, chat.Policy{Classic: true})
			a, _ := s.member("ann")
			b, bob := s.member("bob")
			owner, den := s.together(a, b)
			for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann", "bob"}) {
			}
			if err := test.act(s, owner, den, bob.ID); err != nil {
				t.Fatal(err)
			}
			b.wantError(chat.CodeForbidden, test.sentence)
			for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann"}) {
			}
			s.hearsOnly(b, owner, den)
			b.do(test.code, "userJoin", map[string]any{"room": "den"})
			a.do("", "updateChat", map[string]any{"body": "still here", "room": "den"})
		})
	}
}

// The user's own event and the room's messages travel separately.
func TestRemovedUserReceivesNoLaterMessagesEvenIfTheUsersEventIsLate(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, _ := s.member("ann")
	b, bob := s.member("bob")
	owner, den := s.together(a, b)
	s.broker.loseOwn()
	if err := s.chat.Rooms.Remove(t.Context(), owner, den, bob.ID); err != nil {
		t.Fatal(err)
	}
	s.hearsOnly(b, owner, den)
	b.wantError(chat.CodeForbidden, removedFromRoom)
}

func TestQueuedEventsAreDroppedOnceTheUserIsBanned(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	root := s.admin()
	gus, other := s.named("gus"), s.named("bob")
	user := s.called("gus")
	s.broker.before("first", func() { s.ban(root, 0, user.ID); gus.wantBanned() })
	for _, body := range []string{"first", "second"} {
		if err := gus.Emit("SEND_MESSAGE", body); err != nil {
			t.Fatal(err)
		}
	}
	if got := await[string](other, "message"); got != "first" {
		t.Errorf("got %q, want what was under way", got)
	}
	other.do("", "SEND_MESSAGE", "last")
	if got := await[string](other, "message"); got != "last" {
		t.Errorf("got %q by who is banned, want nothing of it", got)
	}
}

func TestUserBannedFromAPublicRoomCannotJoinByName(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	root := s.admin()
	b, bob := s.member("bob")
	room, err := s.chat.Rooms.Create(t.Context(), root, chat.NewRoomInput{Name: "garden"})
	if err != nil {
		t.Fatal(err)
	}
	s.ban(root, room.ID, bob.ID)
	for range 2 {
		b.do(chat.CodeForbidden, "userJoin", map[string]any{"room": "garden"})
		b.wantError(chat.CodeForbidden, bannedFromRoom)
	}
	b.do(chat.CodeInvalid, "updateChat", map[string]any{"body": "hello?", "room": "garden"})
}

func TestUserBannedFromMainCannotUseTheLesson(t *testing.T) {
	s := newServer(t, chat.Policy{})
	root := s.admin()
	a, _ := s.member("ann")
	attends, bob := s.member("bob")
	joins := s.dial(sioclient.Options{Header: cookie(s.token(bob))}).greeted()
	joins.do("", "userJoin", map[string]any{"room": "den"}) // whom the lesson does not concern
	s.ban(root, chat.MainRoom, bob.ID)
	attends.wantError(chat.CodeForbidden, bannedFromRoom)
	late := s.dial(sioclient.Options{Header: cookie(s.token(bob))}).greeted()
	a.do("", "SEND_MESSAGE", "among ourselves")
	for name, c := range map[string]*socket{"who attended": attends, "who came late": late} {
		c.do(chat.CodeForbidden, "SEND_MESSAGE", "hello?") // an answer comes behind all that was told
		for _, event := range c.Pending() {
			if event.Name == "message" {
				t.Errorf("%s: told %s", name, event.Args)
			}
		}
	}
	joins.do("", "updateChat", map[string]any{"body": "still here", "room": "den"})
}

func TestClassicSocketsCatchUpOnMissedEvents(t *testing.T) {
	for _, way := range []struct {
		name   string
		change func(*gateway.Options)
		miss   func(s *server, topics []chat.Topic, happens func())
	}{
		{
			"when the broker says that it has missed events", func(o *gateway.Options) { o.CatchUpWithin = time.Millisecond },
			(*server).miss,
		},
		{ // its node has died between the commit and publishing
			"in time", func(o *gateway.Options) { o.HeadsInterval = time.Millisecond },
			func(s *server, _ []chat.Topic, happens func()) {
				s.broker.lose(true)
				happens()
				s.broker.lose(false)
			},
		},
		{
			"while nothing is heard of other nodes", func(o *gateway.Options) { o.HeadsInterval = time.Millisecond },
			func(s *server, _ []chat.Topic, happens func()) {
				s.broker.lose(true)
				s.broker.deaf.Store(true)
				happens()
			},
		},
	} {
		t.Run(way.name+", a ban from the server", func(t *testing.T) {
			s := newServerOn(t, chat.Policy{Classic: true}, way.change)
			root := s.admin()
			member, ann := s.member("ann")
			guest := s.named("gus")
			gus := s.called("gus")
			way.miss(s, []chat.Topic{{User: ann.ID}}, func() { s.ban(root, 0, ann.ID) })
			member.wantBanned()
			way.miss(s, []chat.Topic{{User: gus.ID}}, func() { s.ban(root, 0, gus.ID) })
			guest.wantBanned()
		})
		t.Run(way.name+", a removal", func(t *testing.T) {
			s := newServerOn(t, chat.Policy{Classic: true}, way.change)
			s.admin()
			b, bob := s.member("bob")
			owner, den := s.together(b)
			way.miss(s, []chat.Topic{{Room: den}}, func() {
				if err := s.chat.Rooms.Remove(t.Context(), owner, den, bob.ID); err != nil {
					t.Fatal(err)
				}
			})
			b.wantError(chat.CodeForbidden, removedFromRoom)
			s.hearsOnly(b, owner, den)
		})
		t.Run(way.name+", a ban from main", func(t *testing.T) {
			s := newServerOn(t, chat.Policy{Classic: true}, way.change)
			root := s.admin()
			b, bob := s.member("bob")
			way.miss(s, []chat.Topic{{Room: chat.MainRoom}}, func() { s.ban(root, chat.MainRoom, bob.ID) })
			b.wantError(chat.CodeForbidden, bannedFromRoom)
		})
	}
}
