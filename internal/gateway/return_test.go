package gateway_test

import (
	"encoding/json"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// comeBack opens a socket of protocol 2 that knows something.
func (p *person) comeBack(known any) *tab {
	p.s.t.Helper()
	client, err := sioclient.Dial(p.s.url, sioclient.Options{Auth: map[string]any{"protocol": 2, "token": p.token, "known": known}})
	if err != nil {
		p.s.t.Fatalf("connecting: %v", err)
	}
	p.s.t.Cleanup(client.Close)
	c := &tab{Client: client, t: p.s.t}
	c.await("ready", &c.ready)
	return c
}

// knows gives what a client knows that has read the newest page of each room.
func (c *tab) knows() wire.Known {
	known := wire.Known{User: c.ready.User.ID, Rev: c.ready.Rev, Rooms: make(map[chat.RoomID]int64)}
	for _, sub := range c.ready.Subscriptions {
		known.Rooms[sub.ID] = sub.Rev
	}
	return known
}

// listed gives the rooms of ready.
func (c *tab) listed() map[chat.RoomID]wire.Subscription {
	list := make(map[chat.RoomID]wire.Subscription)
	for _, sub := range c.ready.Subscriptions {
		list[sub.ID] = sub
	}
	return list
}

func TestWhoComesBackIsToldOnlyWhatHasChanged(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	names := []string{"same", "said in", "renamed", "read", "left", "removed from", "banned from"}
	rooms := make(map[string]chat.RoomID)
	for _, name := range names {
		rooms[name] = ada.room(name, chat.RoomPublic)
		bob.subscribe(rooms[name])
	}
	ada.connect().send(rooms["read"], "to be read")
	first := bob.comeBack(nil)
	if first.ready.Delta || first.ready.Protocol != 2 || len(first.ready.Subscriptions) != len(names)+1 {
		t.Fatalf("ready: got %+v, want the whole list", first.ready)
	}
	known := first.knows()
	first.Close()

	again := bob.comeBack(known)
	if r := again.ready; !r.Delta || r.Rev != known.Rev || len(r.Subscriptions) != 0 || len(r.Gone) != 0 || r.User.ID != bob.ID {
		t.Errorf("when nothing has changed: got %+v, want nothing but oneself", r)
	}
	again.Close()

	sent := ada.connect().send(rooms["said in"], "news")
	name := "new name"
	if _, err := s.chat.Rooms.Change(t.Context(), ada.User, rooms["renamed"], &name, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.chat.Rooms.MarkRead(t.Context(), bob.User, rooms["read"], 1_000, chat.AnyMark); err != nil {
		t.Fatal(err)
	}
	bob.unsubscribe(rooms["left"])
	ada.remove(rooms["removed from"], bob)
	ada.ban(rooms["banned from"], bob)
	joined := ada.room("joined", chat.RoomPublic)
	bob.subscribe(joined)

	c := bob.comeBack(known)
	list := c.listed()
	if !c.ready.Delta || len(list) != 4 {
		t.Fatalf("ready: got %+v, want the four rooms that have changed", c.ready)
	}
	if sub := list[rooms["said in"]]; sub.Rev != sent.Rev || sub.Last == nil || sub.Last.Body != "news" {
		t.Errorf("the room with a new message: got %+v", sub)
	}
	if list[rooms["renamed"]].Name != name || list[rooms["read"]].Unread != 0 || list[joined].Name != "joined" {
		t.Errorf("got %+v, want the new name, what was read, and the room joined", list)
	}
	reasons := make(map[chat.RoomID]chat.GoneReason)
	for _, gone := range c.ready.Gone {
		reasons[gone.Room] = gone.Reason
	}
	if len(reasons) != 3 || reasons[rooms["left"]] != chat.GoneLeft || reasons[rooms["removed from"]] != chat.GoneRemoved || reasons[rooms["banned from"]] != chat.GoneBanned {
		t.Errorf("gone: got %+v, want the three with their reasons", c.ready.Gone)
	}
	ada.connect().send(joined, "welcome")
	if got := c.message(); got.Body != "welcome" {
		t.Errorf("got %q, want what is said where ready did not list everything", got.Body)
	}
	sent = ada.connect().send(rooms["same"], "to all")
	if got := c.message(); got.Rev != sent.Rev {
		t.Errorf("got %+v, want what is said in a room that the delta left out", got)
	}
}

func TestRoomsThatAClientDoesNotNameAreInTheDelta(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	room := ada.room("attic", chat.RoomPrivate)
	known := ada.comeBack(nil).knows()
	delete(known.Rooms, room)
	inString, err := json.Marshal(known)
	if err != nil {
		t.Fatal(err)
	}
	for name, given := range map[string]any{"an object": known, "a string, as Java's client sends": string(inString)} {
		c := ada.comeBack(given)
		if list := c.listed(); !c.ready.Delta || len(list) != 1 || list[room].Name != "attic" {
			t.Errorf("%s: got %+v, want the attic alone", name, c.ready)
		}
	}
}

func TestADeltaListsRoomsThatHaveGoneAlsoIfTheClientDoesNotNameThem(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("attic", chat.RoomPublic)
	bob.subscribe(room)
	first := bob.comeBack(nil)
	known := first.knows()
	first.Close()
	delete(known.Rooms, room)
	ada.remove(room, bob)
	c := bob.comeBack(known)
	if gone := c.ready.Gone; !c.ready.Delta || len(gone) != 1 || gone[0].Room != room || gone[0].Reason != chat.GoneRemoved {
		t.Errorf("got %+v, want the attic, from which bob was removed", c.ready)
	}
	c.Close()
	bob.subscribe(room)
	if c := bob.comeBack(known); len(c.ready.Gone) != 0 || len(c.listed()) != 1 {
		t.Errorf("joined again: got %+v, want the attic in the list", c.ready)
	}
}

func TestWhoKnowsWhatNeverWasGetsTheWholeList(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	ada.room("attic", chat.RoomPrivate)
	known := ada.comeBack(nil).knows()
	for name, given := range map[string]any{
		"nothing":                  nil,
		"a rev ahead of the store": wire.Known{User: ada.ID, Rev: known.Rev + 1, Rooms: known.Rooms},
		"a rev below any":          wire.Known{User: ada.ID, Rev: -1, Rooms: known.Rooms},
		"another user's streams":   wire.Known{User: ada.ID + 1, Rev: known.Rev, Rooms: known.Rooms},
		"nobody's streams":         wire.Known{Rev: known.Rev, Rooms: known.Rooms},
	} {
		if c := ada.comeBack(given); c.ready.Delta || len(c.ready.Subscriptions) != 2 {
			t.Errorf("%s: got %+v, want the whole list", name, c.ready)
		}
	}
	ahead := wire.Known{User: ada.ID, Rev: known.Rev, Rooms: map[chat.RoomID]int64{}}
	for room, rev := range known.Rooms {
		ahead.Rooms[room] = rev + 1
	}
	if c := ada.comeBack(ahead); !c.ready.Delta || len(c.ready.Subscriptions) != 2 {
		t.Errorf("rooms ahead of the store: got %+v, want them as they are", c.ready)
	}
}

func TestClientsOfProtocol1AreGreetedWithTheWholeList(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	known := ada.comeBack(nil).knows()
	client, err := sioclient.Dial(s.url, sioclient.Options{Auth: map[string]any{"protocol": 1, "token": ada.token, "known": known}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c := &tab{Client: client, t: t}
	c.await("ready", &c.ready)
	if c.ready.Delta || c.ready.Protocol != 1 || len(c.ready.Subscriptions) != 1 {
		t.Errorf("got %+v, want the list", c.ready)
	}
}

func TestInvitationsThatComeAndGoAreToldToWhoComesBack(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	invite := func(name string) (chat.RoomID, chat.InvitationID) {
		room := ada.room(name, chat.RoomPrivate)
		made, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{Room: room, User: bob.ID})
		if err != nil {
			t.Fatal(err)
		}
		return room, made.Invitation.ID
	}
	_, before := invite("before")
	first := bob.comeBack(nil)
	var told wire.Invited
	first.await("invitation", &told)
	if told.ID != before || told.Token != "" {
		t.Errorf("after the whole list: got %+v, want the invitation %d without its token", told, before)
	}
	known := first.knows()
	first.Close()
	_, since := invite("since")
	if err := s.chat.Invitations.Revoke(t.Context(), ada.User, before); err != nil {
		t.Fatal(err)
	}
	c := bob.comeBack(known)
	c.await("invitation", &told)
	var gone wire.InvitationGone
	c.await("invitation:gone", &gone)
	if told.ID != since || gone.ID != before || told.Rev <= known.Rev || gone.Rev <= known.Rev {
		t.Errorf("got %+v and %+v, want %d to have come and %d to have gone", told, gone, since, before)
	}
	room, live := invite("live")
	c.await("invitation", &told)
	if _, _, err := s.chat.Invitations.AcceptByID(t.Context(), bob.User, live); err != nil {
		t.Fatal(err)
	}
	c.await("invitation:gone", &gone)
	if told.ID != live || gone.ID != live {
		t.Errorf("live: got %+v and %+v, want %d to have come and gone", told, gone, live)
	}
	var put wire.RoomPut
	for put.Subscription.ID != room {
		c.await("room:put", &put)
	}
}

func TestALinkBringsAConversationIntoTheListThatWasOutOfIt(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.converse(bob) // hidden from bob until somebody writes
	made, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{})
	if err != nil {
		t.Fatal(err)
	}
	first := bob.comeBack(nil)
	known := first.knows()
	sub, created, err := s.chat.Invitations.Accept(t.Context(), bob.User, made.Token)
	if err != nil || created || sub.ID != room || sub.Membership.Rev <= known.Rev {
		t.Fatalf("got room %d at rev %d, created %v, %v; want room %d beyond rev %d", sub.ID, sub.Membership.Rev, created, err, room, known.Rev)
	}
	var put wire.RoomPut
	first.await("room:put", &put)
	if put.Subscription.ID != room || put.Rev != sub.Membership.Rev {
		t.Errorf("got room %d at rev %d, want %d at %d", put.Subscription.ID, put.Rev, room, sub.Membership.Rev)
	}
	first.Close()
	again := bob.comeBack(known)
	if subs := again.ready.Subscriptions; !again.ready.Delta || len(subs) != 1 || subs[0].ID != room {
		t.Errorf("after the reconnect: got %+v, want room %d", again.ready, room)
	}
}

func TestUserSyncGivesWhatHasChanged(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	left := ada.room("left", chat.RoomPublic)
	bob.subscribe(left)
	c := bob.comeBack(nil)
	ada.remove(left, bob)
	joined := ada.room("joined", chat.RoomPublic)
	bob.subscribe(joined)
	sync := func(since int64) (a wire.UserSyncAnswer) {
		raw, err := c.Command("user:sync", wire.UserSyncCommand{Since: since})
		if err != nil {
			t.Fatal(err)
		}
		decode(t, raw, &a)
		return a
	}
	a := sync(c.ready.Rev)
	if !a.OK || len(a.Subscriptions) != 1 || a.Subscriptions[0].Subscription.ID != joined || a.Subscriptions[0].Rev != a.Rev {
		t.Errorf("got %+v, want the room joined", a)
	}
	if len(a.Gone) != 1 || a.Gone[0].Room != left || a.Gone[0].Reason != chat.GoneRemoved || a.Gone[0].Rev != c.ready.Rev+1 {
		t.Errorf("gone: got %+v, want the room that bob was removed from", a.Gone)
	}
	if a := sync(a.Rev); !a.OK || len(a.Subscriptions)+len(a.Gone) != 0 || a.More || a.StartOver {
		t.Errorf("since the last: got %+v, want nothing", a)
	}
	if a := sync(a.Rev + 1); !a.StartOver {
		t.Errorf("since the future: got %+v, want startOver", a)
	}
	if a := c.do("user:sync", wire.UserSyncCommand{Since: -1}); a.Error.Code != chat.CodeInvalid || a.Error.Field != "since" {
		t.Errorf("since before the first: got %+v, want invalid", a.Error)
	}
}

// The invitations that follow ready are lost with the connection.
func TestWhoLosesTheConnectionRightAfterReadyIsToldOfInvitationsAgain(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	invite := func(name string) chat.InvitationID {
		t.Helper()
		made, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{Room: ada.room(name, chat.RoomPrivate), User: bob.ID})
		if err != nil {
			t.Fatal(err)
		}
		return made.Invitation.ID
	}
	toldOf := func(c *tab, want chat.InvitationID) int64 {
		t.Helper()
		var told wire.Invited
		for told.ID != want {
			c.await("invitation", &told)
		}
		var put wire.UserPut
		c.await("user:put", &put)
		if put.User.ID != bob.ID || put.Rev <= c.ready.Rev {
			t.Errorf("after the invitation: got %+v, want the user with a rev above %d", put, c.ready.Rev)
		}
		return put.Rev
	}
	first := invite("first")
	lost := bob.comeBack(nil)
	known := lost.knows()
	lost.Close()
	again := bob.comeBack(known)
	known.Rev = toldOf(again, first)
	again.Close()

	second := invite("second")
	lost = bob.comeBack(known)
	known = wire.Known{User: known.User, Rev: lost.ready.Rev, Rooms: known.Rooms}
	lost.Close()
	again = bob.comeBack(known)
	known.Rev = toldOf(again, second)
	again.Close()

	if c := bob.comeBack(known); c.ready.Rev != known.Rev || !c.ready.Delta || len(c.settled().Pending()) > 0 {
		t.Errorf("once the client knows: got %+v and %+v, want nothing", c.ready, c.Pending())
	}
}

func TestKnownRevsOfAnotherEpochAreIgnored(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) { o.Epoch = "second" })
	ada := s.signUp("ada")
	first := ada.comeBack(nil)
	if first.ready.Epoch != "second" {
		t.Errorf("epoch of ready: got %q", first.ready.Epoch)
	}
	for _, test := range []struct {
		epoch string
		delta bool
	}{{"first", false}, {"second", true}, {"", true}} {
		known := first.knows()
		known.Epoch = test.epoch
		if c := ada.comeBack(known); c.ready.Delta != test.delta || c.ready.Delta == (len(c.ready.Subscriptions) > 0) {
			t.Errorf("epoch %q: got %+v", test.epoch, c.ready)
		}
	}
}

func TestAClientReturnsToANodeThatLagsBehind(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("attic", chat.RoomPublic)
	bob.subscribe(room)
	sender := ada.connect()
	first := bob.comeBack(nil)
	known := first.knows()
	first.Close()
	var late []chat.Event
	s.broker.meddle(func(e chat.Event, _ func(chat.Event) error) error {
		late = append(late, e)
		return nil
	})
	ada.remove(room, bob)
	bob.subscribe(room)
	c := bob.comeBack(known)
	if list := c.listed(); !c.ready.Delta || len(list) != 1 || list[room].Name != "attic" {
		t.Errorf("ready: got %+v, want the room that bob has joined again", c.ready)
	}
	s.broker.meddle(nil)
	for _, e := range late {
		if err := s.broker.Publish(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	sent := sender.send(room, "to all")
	if got := c.message(); got.Rev != sent.Rev {
		t.Errorf("got %+v, want what is said after the node has caught up", got)
	}
	c.Close()

	s.broker.loseAll()
	sent = sender.send(room, "lost")
	known.Rev, known.Rooms[room] = c.ready.Rev, sent.Rev // from another node
	c = bob.comeBack(known)
	if list := c.listed(); !c.ready.Delta || list[room].Rev != sent.Rev {
		t.Errorf("ready: got %+v, want the room as the store has it", c.ready)
	}
}
