package gateway_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/mirror"
)

// life is what people do on the nodes, and what their clients make of it.
type life struct {
	t         *testing.T
	network   *network
	random    *rand.Rand
	people    []*person // the first is the server's admin
	doomed    []*person // whose sessions end, in this order
	everybody []chat.UserID
	rooms     places
	mirrors   []*mirror.Mirror
	of        map[*mirror.Mirror]string // the token of each mirror's session
	open      []chat.Invitation         // that were made, some of which are open

	reasons map[chat.UserID]map[int64]chat.GoneReason // why each user has gone from a room, by the rev
	ends    map[*mirror.Mirror]chat.EndReason         // of mirrors whose sessions have ended
	log     []string
}

// places are the rooms of the model.
type places struct {
	public, private, direct []chat.RoomID
	all                     map[chat.RoomID]bool
	closing                 chat.RoomID // a room that is deleted next; 0: none
}

func newLife(t *testing.T, network *network, random *rand.Rand) *life {
	t.Helper()
	l := &life{
		t: t, network: network, random: random, rooms: places{all: map[chat.RoomID]bool{chat.MainRoom: true}},
		of: make(map[*mirror.Mirror]string), reasons: make(map[chat.UserID]map[int64]chat.GoneReason), ends: make(map[*mirror.Mirror]chat.EndReason),
	}
	first := network.nodes[0]
	for _, name := range []string{"root", "ada", "bob", "eve", "fay"} {
		l.people = append(l.people, first.signUp(name))
	}
	for i := range 6 {
		l.doomed = append(l.doomed, first.signUp(fmt.Sprintf("doomed%d", i)))
	}
	for i := range 4 {
		l.rooms.public = append(l.rooms.public, l.people[0].room(fmt.Sprintf("room %d", i), chat.RoomPublic))
	}
	for i := range 2 {
		l.rooms.private = append(l.rooms.private, l.people[0].room(fmt.Sprintf("den %d", i), chat.RoomPrivate))
	}
	for _, room := range append(l.rooms.public, l.rooms.private...) {
		l.rooms.all[room] = true
	}
	for _, person := range append(l.people, l.doomed...) {
		l.everybody = append(l.everybody, person.ID)
		l.reasons[person.ID] = make(map[int64]chat.GoneReason)
		for _, token := range []string{person.token, first.logIn(person.User)} {
			m := mirror.New(l.anyNode().url, token)
			if err := m.Connect(""); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(m.Close)
			l.mirrors, l.of[m] = append(l.mirrors, m), token
		}
	}
	return l
}

func (l *life) anyNode() *server { return l.network.nodes[l.random.IntN(len(l.network.nodes))] }

func anyOf[T any](l *life, list []T) T { return list[l.random.IntN(len(list))] }

// step lets somebody do something, at a node of their choice. What is refused, since
// it is not for that person or there is nothing to do, is no failure.
func (l *life) step(ctx context.Context) {
	by, other := anyOf(l, l.people), anyOf(l, l.people[1:])
	what, room := anyOf(l, steps), anyOf(l, l.rooms.public)
	err := what.do(ctx, l, l.anyNode().chat, by, other, room)
	l.log = append(l.log, fmt.Sprintf("%s: %s, %s, room %d: %v", what.name, by.Username, other.Username, room, err))
}

// steps are what people do. Each is as likely as any other; sends are there twice.
var steps = []struct {
	name string
	do   func(ctx context.Context, l *life, services *chat.Chat, by, other *person, room chat.RoomID) error
}{
	{"send", send},
	{"send", send},
	{"edit", func(ctx context.Context, l *life, services *chat.Chat, by, _ *person, room chat.RoomID) error {
		_, err := services.Messages.Edit(ctx, by.User, room, 1+l.random.Int64N(10), fmt.Sprint(l.random.Int64(), l.mentions()))
		return err
	}},
	{"react", func(ctx context.Context, l *life, services *chat.Chat, _, other *person, room chat.RoomID) error {
		emoji := anyOf(l, []string{"👍", "🎉", "❤"})
		_, err := services.Messages.React(ctx, other.User, room, 1+l.random.Int64N(6), emoji, l.random.IntN(3) > 0)
		return err
	}},
	{"join", join},
	{"join", join},
	{"leave", func(ctx context.Context, l *life, services *chat.Chat, _, other *person, room chat.RoomID) error {
		err := services.Rooms.Unsubscribe(ctx, other.User, room)
		l.gone(other, room, chat.GoneLeft)
		return err
	}},
	{"remove", func(ctx context.Context, l *life, services *chat.Chat, _, other *person, room chat.RoomID) error {
		if private := anyOf(l, l.rooms.private); l.random.IntN(3) == 0 {
			room = private
		}
		err := services.Rooms.Remove(ctx, l.people[0].User, room, other.ID)
		l.gone(other, room, chat.GoneRemoved)
		return err
	}},
	{"ban", func(ctx context.Context, l *life, services *chat.Chat, _, other *person, room chat.RoomID) error {
		_, _, err := services.Rooms.Ban(ctx, l.people[0].User, room, other.ID)
		l.gone(other, room, chat.GoneBanned)
		if err == nil && l.random.IntN(2) == 0 {
			err = services.Rooms.Unban(ctx, l.people[0].User, room, other.ID)
		}
		return err
	}},
	{"rename", func(ctx context.Context, l *life, services *chat.Chat, _, _ *person, room chat.RoomID) error {
		name := fmt.Sprintf("room %d", l.random.IntN(1_000_000))
		_, err := services.Rooms.Change(ctx, l.people[0].User, room, &name, nil)
		return err
	}},
	{"read", func(ctx context.Context, l *life, services *chat.Chat, by, _ *person, room chat.RoomID) error {
		_, err := services.Rooms.MarkRead(ctx, by.User, room, l.random.Int64N(20), chat.AnyMark)
		return err
	}},
	{"mark as unread", func(ctx context.Context, l *life, services *chat.Chat, by, _ *person, room chat.RoomID) error {
		_, err := services.Rooms.MarkUnread(ctx, by.User, room, 1+l.random.Int64N(20))
		return err
	}},
	{"set a level", func(ctx context.Context, l *life, services *chat.Chat, by, _ *person, room chat.RoomID) error {
		_, err := services.Notifications.SetLevel(ctx, by.User, room, anyOf(l, []chat.Level{chat.LevelDefault, chat.LevelEverything, chat.LevelMuted}))
		return err
	}},
	{"change settings", func(ctx context.Context, l *life, services *chat.Chat, by, _ *person, _ chat.RoomID) error {
		settings := chat.Settings{Level: anyOf(l, []chat.Level{chat.LevelMentions, chat.LevelNothing})}
		if l.random.IntN(2) == 0 {
			settings.Quiet = &chat.QuietHours{From: l.random.IntN(3), To: 420, Zone: "UTC"}
		}
		_, err := services.Notifications.PutSettings(ctx, by.ID, settings)
		return err
	}},
	{"invite", func(ctx context.Context, l *life, services *chat.Chat, _, other *person, _ chat.RoomID) error {
		made, err := services.Invitations.Make(ctx, l.people[0].User, chat.InviteInput{Room: anyOf(l, l.rooms.private), User: other.ID})
		if err == nil {
			l.open = append(l.open, made.Invitation)
		}
		return err
	}},
	{"withdraw", func(ctx context.Context, l *life, services *chat.Chat, _, _ *person, _ chat.RoomID) error {
		if len(l.open) == 0 {
			return nil
		}
		return services.Invitations.Revoke(ctx, l.people[0].User, anyOf(l, l.open).ID)
	}},
	{"accept", func(ctx context.Context, l *life, services *chat.Chat, _, _ *person, _ chat.RoomID) error {
		if len(l.open) == 0 {
			return nil
		}
		invitation := anyOf(l, l.open)
		for _, person := range l.people {
			if person.ID == invitation.ForUser {
				_, _, err := services.Invitations.AcceptByID(ctx, person.User, invitation.ID)
				return err
			}
		}
		return nil
	}},
	{"converse", func(ctx context.Context, l *life, services *chat.Chat, by, other *person, _ chat.RoomID) error {
		sub, created, err := services.Rooms.Converse(ctx, by.User, other.ID)
		if created {
			l.rooms.direct = append(l.rooms.direct, sub.ID)
			l.rooms.all[sub.ID] = true
		}
		return err
	}},
	{"hide", func(ctx context.Context, l *life, services *chat.Chat, by, _ *person, _ chat.RoomID) error {
		if len(l.rooms.direct) == 0 {
			return nil
		}
		room := anyOf(l, l.rooms.direct)
		err := services.Rooms.Unsubscribe(ctx, by.User, room)
		l.gone(by, room, chat.GoneLeft)
		return err
	}},
	{"say to one", func(ctx context.Context, l *life, services *chat.Chat, by, other *person, _ chat.RoomID) error {
		if len(l.rooms.direct) == 0 {
			return nil
		}
		return send(ctx, l, services, by, other, anyOf(l, l.rooms.direct))
	}},
	{"promote", func(ctx context.Context, l *life, services *chat.Chat, _, other *person, _ chat.RoomID) error {
		role := chat.RoleMember
		if l.random.IntN(2) == 0 {
			role = chat.RoleAdmin
		}
		if _, _, err := services.Operator.SetRole(ctx, other.Username, role); err != nil {
			return err
		}
		return l.announceAccounts(ctx)
	}},
	{"end a session", endSession},
	{"archive", archive},
	{"appoint", appoint},
	{"delete", deleteRoom},
}

func send(ctx context.Context, l *life, services *chat.Chat, by, _ *person, room chat.RoomID) error {
	_, _, err := services.Messages.Send(ctx, by.User, chat.SendInput{Room: room, ClientID: uuid.NewString(), Body: "…" + l.mentions()})
	return err
}

func join(ctx context.Context, _ *life, services *chat.Chat, _, other *person, room chat.RoomID) error {
	_, _, err := services.Rooms.Subscribe(ctx, other.User, room)
	return err
}

// mentions draws the end of a text that mentions nobody, somebody or everybody.
func (l *life) mentions() string {
	switch l.random.IntN(4) {
	case 0:
		return " @" + anyOf(l, l.people).Username
	case 1:
		return " @" + anyOf(l, l.people).Username + ", @room"
	default:
		return ""
	}
}

// announceAccounts announces what a command has changed, as a server does.
func (l *life) announceAccounts(ctx context.Context) error {
	node := l.anyNode()
	changes, err := node.store.AccountChanges(ctx)
	if err != nil {
		return err
	}
	for _, change := range changes {
		user, err := node.store.UserByID(ctx, change.User)
		if err != nil {
			return err
		}
		if err := node.broker.Publish(ctx, chat.UserPut{User: user, Rev: change.Rev}); err != nil {
			return err
		}
		if err := node.store.AccountChangeDone(ctx, change.ID); err != nil {
			return err
		}
	}
	return nil
}

// gone notes why a user has gone from a room, unless nothing has changed.
func (l *life) gone(user *person, room chat.RoomID, reason chat.GoneReason) {
	changes, err := l.network.nodes[0].store.UserChanges(l.t.Context(), user.ID, 0, 1_000, 0)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, event := range changes.Events {
		e, ok := event.(chat.SubscriptionGone)
		if !ok || e.Room != room {
			continue
		}
		if _, taken := l.reasons[user.ID][e.Rev]; !taken {
			l.reasons[user.ID][e.Rev] = reason
		}
	}
}

// endSession logs the next of the doomed out of one of their two sessions, ends one from
// the list of sessions, or bans them from the server, which ends both.
func endSession(ctx context.Context, l *life, services *chat.Chat, _, _ *person, _ chat.RoomID) error {
	if len(l.doomed) == 0 || l.random.IntN(4) != 0 {
		return nil
	}
	victim, node := l.doomed[0], l.anyNode()
	l.doomed = l.doomed[1:]
	reason := anyOf(l, []chat.EndReason{chat.EndLogOut, chat.EndRevoked, chat.EndBanned})
	switch reason {
	case chat.EndBanned:
		if _, _, err := services.Users.Ban(ctx, l.people[0].User, victim.ID); err != nil {
			return err
		}
	case chat.EndLogOut:
		node.logOut(victim.token)
	default:
		identity, err := node.sessions.Authenticate(ctx, http.Header{}, victim.token)
		if err != nil {
			return err
		}
		if err := node.sessions.Revoke(ctx, victim.ID, identity.Session); err != nil {
			return err
		}
	}
	for _, m := range l.mirrors {
		if m.User.ID == victim.ID && (reason == chat.EndBanned || l.of[m] == victim.token) {
			l.ends[m] = reason
		}
	}
	return nil
}
