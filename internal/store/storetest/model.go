package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"partychat/internal/chat"
)

var modelContracts = []contract{
	{"any sequence of calls has the same results as on a simple model", func(t *testing.T, f *fixture) {
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			m := newModel(t, rt, f, round)
			rt.Repeat(map[string]func(*rapid.T){
				"send":        m.send,
				"answer":      m.answer,
				"retry":       m.retry,
				"edit":        m.edit,
				"delete":      m.delete,
				"react":       m.react,
				"follow":      func(rt *rapid.T) { follow(rt, m) },
				"pin":         func(rt *rapid.T) { pin(rt, m) },
				"bookmark":    func(rt *rapid.T) { bookmark(rt, m) },
				"subscribe":   m.subscribe,
				"unsubscribe": m.unsubscribe,
				"ban":         m.ban,
				"unban":       m.unban,
				"read":        m.read,
				"unread":      func(rt *rapid.T) { markUnread(rt, m) },
				"level":       func(rt *rapid.T) { setLevel(rt, m) },
				"settings":    func(rt *rapid.T) { putSettings(rt, m) },
				"topic":       m.topic,
				"appoint":     func(rt *rapid.T) { appoint(rt, m) },
				"page":        m.page,
				"changes":     m.changes,
				"ofUser":      m.changesOfUser,
				"end":         m.endSession,
				"promote":     m.promote,
				"invite":      m.invite,
				"revoke":      m.revoke,
				"accept":      m.accept,
				"":            m.check,
			})
		})
	}},
}

// model is what a store of a few users and rooms should hold. Each round has
// users and rooms of its own in the same store.
type model struct {
	modelUsers
	modelRooms

	store chat.Store
	t     *testing.T
	sent  []sentMessage

	withdrawn []chat.InvitationGone // by the end of a membership that is to be compared
	heir      chat.UserID           // the new admin, if it was the last one; 0: nobody
}

// modelUsers are the users of a model.
type modelUsers struct {
	users []chat.User
	heads map[chat.UserID]int64 // of the users' streams
	also  map[chat.UserID]*modelUser
}

// modelRooms are the rooms of a model.
type modelRooms struct{ rooms []*modelRoom }

type modelRoom struct {
	room     chat.Room
	changed  int64 // the rev of the last change of the topic
	gone     map[chat.UserID]chat.Gone
	messages []chat.Message
	reacted  map[int64][]modelReaction // by seq
	members  map[chat.UserID]chat.Membership
	banned   map[chat.UserID]bool
}

// message gives the message of that seq, nil if there is none.
func (r *modelRoom) message(seq int64) *chat.Message {
	if seq < 1 || seq > r.room.Seq {
		return nil
	}
	return &r.messages[seq-1]
}

// unread counts the messages behind the seq that are no tombstones.
func (r *modelRoom) unread(readSeq int64) (n int64) {
	for _, message := range r.messages[readSeq:] {
		if !message.Deleted && !message.InThreadOnly() {
			n++
		}
	}
	return n
}

type sentMessage struct {
	input   chat.NewMessage
	message chat.Message
}

func newModel(t *testing.T, rt *rapid.T, f *fixture, round int) *model {
	m := &model{store: f.Store, t: t}
	m.heads, m.also = map[chat.UserID]int64{}, map[chat.UserID]*modelUser{}
	for i := range 3 {
		input := newUser(fmt.Sprintf("user%d of %d", i, round))
		input.Rooms, input.FirstIsAdmin = nil, false
		user, err := f.CreateUser(t.Context(), input)
		noError(rt, err)
		m.users, m.also[user.ID] = append(m.users, user), &modelUser{settings: chat.DefaultSettings()}
	}
	for i := range 2 {
		sub, err := f.CreateRoom(t.Context(), nil, newRoom(m.users[0], chat.RoomPublic, fmt.Sprintf("room%d of %d", i, round)))
		noError(rt, err)
		m.heads[m.users[0].ID]++
		m.rooms = append(m.rooms, &modelRoom{
			room: sub.Room, gone: map[chat.UserID]chat.Gone{}, members: map[chat.UserID]chat.Membership{m.users[0].ID: sub.Membership},
			banned: map[chat.UserID]bool{}, reacted: map[int64][]modelReaction{},
		})
	}
	return m
}

func (m *modelUsers) anyUser(t *rapid.T) chat.User {
	return rapid.SampledFrom(m.users).Draw(t, "user")
}

func (m *modelRooms) anyRoom(t *rapid.T) *modelRoom {
	return rapid.SampledFrom(m.rooms).Draw(t, "room")
}

func (m *modelRooms) room(id chat.RoomID) *modelRoom {
	return m.rooms[slices.IndexFunc(m.rooms, func(r *modelRoom) bool { return r.room.ID == id })]
}

func anySeq(t *rapid.T) int64 { return rapid.Int64Range(0, 12).Draw(t, "seq") }
func anyLimit(t *rapid.T) int { return rapid.IntRange(1, 5).Draw(t, "limit") }

func (m *model) send(t *rapid.T) {
	user, room := m.anyUser(t), m.anyRoom(t)
	input := newMessage(room.room.ID, user, rapid.StringN(1, 20, -1).Draw(t, "body"))
	input.Body = strings.ReplaceAll(input.Body, "\x00", "")
	input.Mentions, input.MentionsRoom = m.anyMentions(t)
	got, created, err := shorter{m.store}.AppendMessage(m.t.Context(), input)
	noError(t, err)
	room.room.Seq++
	room.room.Rev++
	equal(t, "created", created, true)
	equal(t, "message", got, chat.Message{
		Room: room.room.ID, Seq: room.room.Seq, Rev: room.room.Rev, ClientID: input.ClientID, Author: authorOf(user),
		Kind: input.Kind, Body: input.Body, Mentions: input.Mentions, MentionsRoom: input.MentionsRoom, CreatedAt: input.CreatedAt,
	})
	room.messages = append(room.messages, got)
	m.sent = append(m.sent, sentMessage{input, got})
	if membership, ok := room.members[user.ID]; ok {
		membership.ReadSeq = got.Seq
		room.members[user.ID] = membership
	}
}

func (m *model) retry(t *rapid.T) {
	if len(m.sent) == 0 {
		m.send(t) // so that there is something to retry
	}
	sent := rapid.SampledFrom(m.sent).Draw(t, "message")
	got, created, err := shorter{m.store}.AppendMessage(m.t.Context(), sent.input)
	noError(t, err)
	equal(t, "created", created, false)
	equal(t, "message", got, m.room(sent.message.Room).messages[sent.message.Seq-1])
}

func (m *model) edit(t *rapid.T) {
	room, seq := m.anyRoom(t), anySeq(t)
	body := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "body")
	at := now.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "minute")) * time.Minute)
	users, toAll := m.anyMentions(t)
	edit := chat.MessageEdit{Body: body, At: at, Mentions: users, MentionsRoom: toAll}
	got, changed, err := m.store.ChangeMessage(m.t.Context(), nil, room.room.ID, seq, edit)
	message := room.message(seq)
	if message == nil || message.Deleted {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	noError(t, err)
	equal(t, "changed", changed, message.Body != body)
	if changed {
		room.room.Rev++
		message.Rev, message.Body, message.EditedAt = room.room.Rev, body, at
		message.Mentions, message.MentionsRoom = users, toAll
		room.derive()
	}
	equal(t, "message", got, *message)
}

func (m *model) delete(t *rapid.T) {
	room, seq := m.anyRoom(t), anySeq(t)
	got, changed, err := m.store.ChangeMessage(m.t.Context(), nil, room.room.ID, seq, chat.MessageDeletion{})
	message := room.message(seq)
	if message == nil {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	noError(t, err)
	equal(t, "changed", changed, !message.Deleted)
	if changed {
		room.room.Rev++
		message.Rev, message.Body, message.EditedAt, message.Deleted = room.room.Rev, "", time.Time{}, true
		message.Reactions, message.Pinned = nil, nil
		delete(room.reacted, seq)
		message.Mentions, message.MentionsRoom = nil, false
		room.touchRoot(*message)
	}
	equal(t, "message", got, *message)
}

func (m *model) subscribe(t *rapid.T) {
	user, room := m.anyUser(t), m.anyRoom(t)
	_, created, err := m.store.Subscribe(m.t.Context(), nil, room.room.ID, user.ID, chat.RoleMember, now)
	if room.banned[user.ID] {
		equal(t, "code", chat.CodeOf(err), chat.CodeForbidden)
		return
	}
	noError(t, err)
	_, there := room.members[user.ID]
	equal(t, "created", created, !there)
	if there {
		return
	}
	room.room.Members++
	room.room.Rev++
	room.members[user.ID] = chat.Membership{
		Room: room.room.ID, User: user.ID, Role: chat.RoleMember, ReadSeq: room.room.Seq, JoinedAt: now,
		Rev: m.take(user.ID), RoomRev: room.room.Rev,
	}
	delete(room.gone, user.ID)
}

func (m *model) unsubscribe(t *rapid.T) {
	user, room := m.anyUser(t), m.anyRoom(t)
	gone, err := m.store.Unsubscribe(m.t.Context(), nil, room.room.ID, user.ID)
	noError(t, err)
	_, there := room.members[user.ID]
	if equal(t, "removed", gone.Removed, there); there {
		m.gone(room, user, chat.GoneLeft)
	}
	m.wantGone(t, room, user, gone)
}

func (m *model) ban(t *rapid.T) {
	user, room := m.anyUser(t), m.anyRoom(t)
	ban, created, gone, err := m.store.Ban(m.t.Context(), nil, newBan(room.room.ID, user, m.users[0]))
	noError(t, err)
	equal(t, "ban", ban, chat.Ban{User: user, By: authorOf(m.users[0]), At: now})
	equal(t, "created", created, !room.banned[user.ID])
	_, there := room.members[user.ID]
	equal(t, "removed", gone.Removed, there)
	if there || created {
		m.gone(room, user, chat.GoneBanned)
	}
	room.banned[user.ID] = true
	m.wantGone(t, room, user, gone)
}

func (m *model) unban(t *rapid.T) {
	user, room := m.anyUser(t), m.anyRoom(t)
	lifted, _, err := m.store.Unban(m.t.Context(), nil, room.room.ID, user.ID)
	noError(t, err)
	equal(t, "lifted", lifted, room.banned[user.ID])
	delete(room.banned, user.ID)
}

func (m *model) read(t *rapid.T) {
	user, room, seq := m.anyUser(t), m.anyRoom(t), anySeq(t)
	marked := rapid.SampledFrom([]int64{0, room.members[user.ID].Marked, chat.AnyMark}).Draw(t, "mark")
	got, moved, err := m.store.MoveRead(m.t.Context(), nil, room.room.ID, user.ID, seq, marked)
	membership, there := room.members[user.ID]
	if !there {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	noError(t, err)
	before := membership.ReadSeq
	if to := min(seq, room.room.Seq); to > before && membership.Marked <= marked {
		membership.ReadSeq = to
		membership.Rev = m.take(user.ID)
	}
	room.members[user.ID] = membership
	equal(t, "membership", got, membership)
	equal(t, "moved", moved, membership.ReadSeq != before)
}

func markUnread(t *rapid.T, m *model) {
	user, room, seq := m.anyUser(t), m.anyRoom(t), anySeq(t)+1
	got, err := m.store.MarkUnread(m.t.Context(), nil, room.room.ID, user.ID, seq)
	membership, there := room.members[user.ID]
	if !there {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	noError(t, err)
	membership.ReadSeq = min(membership.ReadSeq, seq-1)
	membership.Rev = m.take(user.ID)
	membership.Marked = membership.Rev
	room.members[user.ID] = membership
	equal(t, "membership", got, membership)
}

func (m *model) topic(t *rapid.T) {
	room := m.anyRoom(t)
	topic := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "topic")
	got, changed, err := m.store.ChangeRoom(m.t.Context(), nil, room.room.ID, chat.RoomChange{Topic: &topic})
	noError(t, err)
	if equal(t, "changed", changed, room.room.Topic != topic); changed {
		room.room.Rev++
		room.changed = room.room.Rev
	}
	room.room.Topic = topic
	equal(t, "room", got, room.room)
}

func (m *model) page(t *rapid.T) {
	room, limit := m.anyRoom(t), anyLimit(t)
	directions := []chat.Direction{chat.PageLatest, chat.PageBefore, chat.PageAfter}
	page := chat.MessagePage{
		Direction: rapid.SampledFrom(directions).Draw(t, "direction"), Seq: anySeq(t), Limit: limit, Part: anyPart(t),
	}
	matching := room.messages
	switch page.Direction {
	case chat.PageLatest:
	case chat.PageAfter:
		matching = matching[min(page.Seq, room.room.Seq):]
	case chat.PageBefore:
		matching = matching[:max(0, min(page.Seq-1, room.room.Seq))]
	}
	matching = partOf(matching, page.Part)
	want := chat.Page{Seq: room.room.Seq, Rev: room.room.Rev, More: len(matching) > limit}
	if want.More && page.Direction == chat.PageAfter {
		matching = matching[:limit]
	} else if want.More {
		matching = matching[len(matching)-limit:]
	}
	want.Messages = append([]chat.Message{}, matching...)
	got, err := m.store.Messages(m.t.Context(), room.room.ID, page)
	noError(t, err)
	equal(t, "page", got, want)
}

// check holds each user's list of rooms against the model.
func (m *model) check(t *rapid.T) {
	for _, user := range m.users {
		want := []chat.Subscription{}
		for _, room := range m.rooms {
			if _, there := room.members[user.ID]; there {
				want = append(want, room.subscription(user.ID))
			}
		}
		slices.SortFunc(want, func(a, b chat.Subscription) int { return strings.Compare(a.Name, b.Name) })
		got, err := m.store.Subscriptions(m.t.Context(), user.ID)
		noError(t, err)
		equal(t, "subscriptions of "+user.Username, got, want)
		m.checkHeads(t, user, want)
	}
}

func noError(t *rapid.T, err error) {
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
}

func equal[T any](t *rapid.T, what string, got, want T) {
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}
