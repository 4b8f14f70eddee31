package storetest

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"partychat/internal/chat"
)

// beforeStreams is the content of the databases in the testdata folders of the stores,
// as told by the server that wrote them, the last one of a version without streams.
// Deleted messages, which that version counted as unread, are left out of its counts.
//
//go:embed testdata/before_streams.txt
var beforeStreams string

// BeforeStreams tests a store whose database was written by the last version without
// streams: everything is as it was, nothing has a rev of a user, and what happens next
// takes the first ones.
func BeforeStreams(t *testing.T, store chat.Store) {
	t.Helper()
	f := &oldStore{&fixture{shorter{store}}}
	users, rooms := f.everybody(t)
	want(t, "the content", f.content(t, users, rooms), beforeStreams)
	for _, user := range users {
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), user.ID))
		want(t, "rev and floor of "+user.Username, fmt.Sprint(head.Rev, head.Floor), "0 0")
		for _, in := range head.Rooms {
			want(t, "rev of a membership", in.Rev, 0)
		}
		want(t, "changes of "+user.Username, f.since(t, user, 0), []chat.Event{})
	}
	for name, room := range rooms {
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), room.ID, 0, 100, 0))
		want(t, "rev, messages and other changes of "+name,
			fmt.Sprint(changes.Rev, len(changes.Messages), len(changes.Members), changes.Room, changes.StartOver),
			fmt.Sprint(room.Rev, room.Seq, 0, (*chat.Room)(nil), false))
	}
	f.oldMessages(t, users)
	f.firstRevs(t, users, rooms)
}

// oldStore is a store whose database an earlier version wrote.
type oldStore struct{ *fixture }

// oldMessages searches messages from before there was an index, before and after they
// are added to it.
func (f *oldStore) oldMessages(t *testing.T, users map[string]chat.User) {
	t.Helper()
	inEachState(t, f.fixture, func(state string) {
		want(t, state+": in a conversation", findIn(t, f.fixture, users["ann"], "good"), []string{"[good]"})
		want(t, state+": of others", findIn(t, f.fixture, users["dave"], "good"), []string{})
		want(t, state+": without accents", findIn(t, f.fixture, users["Bob"], "cafe"), []string{"un [café]"})
	})
}

// firstRevs checks the first changes that take revs.
func (f *oldStore) firstRevs(t *testing.T, users map[string]chat.User, rooms map[string]chat.Room) {
	t.Helper()
	cleo, eve, ann := users["Cléo"], users["eve"], users["ann"]
	den, garden, talk := rooms["Den"], rooms["Garden"], rooms["dave and eve"]

	f.send(t, talk.ID, users["dave"], "are you there?") // returns the conversation to eve's list
	want(t, "a conversation is shown", f.since(t, eve, 0), []chat.Event{f.sub(t, talk.ID, eve)})
	_, _, err := f.AppendMessage(t.Context(), chat.NewMessage{
		Room: garden.ID, ClientID: newUUID(), Author: eve.ID, Kind: chat.MessageText, Body: "let me in", CreatedAt: now,
		Act: &chat.Act{By: eve.ID, Needs: chat.Standing{Member: true}},
	})
	wantCode(t, "a message of a banned user", err, chat.CodeForbidden, "")

	_, moved, err := f.MoveRead(t.Context(), nil, garden.ID, cleo.ID, garden.Seq, chat.AnyMark)
	want(t, "a read position moves", fmt.Sprint(moved, err), "true <nil>")
	var pending chat.Invitation
	for _, i := range must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), den.ID, users["ann"].CreatedAt)) {
		if i.ForUser == cleo.ID {
			pending = i
		}
	}
	gone := must[chat.Gone](t)(f.Store.RemoveMember(t.Context(), nil, den.ID, ann.ID))
	want(t, "heir", gone.Heir != nil, true)
	gone.Heir = nil
	want(t, "the end of a membership", gone, chat.Gone{
		Removed: true, Rev: 1, RoomRev: den.Rev + 1, Reason: chat.GoneRemoved,
		Withdrawn: []chat.InvitationGone{{User: cleo.ID, Rev: 2, ID: pending.ID}},
	})
	want(t, "changes of Cléo", f.since(t, cleo, 0), []chat.Event{
		f.sub(t, garden.ID, cleo), chat.InvitationGone{User: cleo.ID, Rev: 2, ID: pending.ID},
	})
}

// everybody returns all users by name, and all rooms that one of them is in, by name
// or, for conversations, by the names of both.
func (f *oldStore) everybody(t *testing.T) (users map[string]chat.User, rooms map[string]chat.Room) {
	t.Helper()
	users, rooms = map[string]chat.User{}, map[string]chat.Room{}
	for _, found := range must[[]chat.FoundUser](t)(f.SearchUsers(t.Context(), chat.UserSearch{Limit: 100})) {
		users[found.Username] = found.User
		for _, sub := range must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), found.ID)) {
			name := sub.Name
			if sub.Peer != nil {
				name = strings.Join(slices.Sorted(slices.Values([]string{found.Username, sub.Peer.Username})), " and ")
			}
			rooms[name] = sub.Room
		}
	}
	return users, rooms
}

// content describes everything in the store, without ids and times.
func (f *oldStore) content(t *testing.T, users map[string]chat.User, rooms map[string]chat.Room) string {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(users)) {
		f.describeUser(t, &b, users[name])
	}
	names := map[chat.UserID]string{0: "anybody"}
	for name, user := range users {
		names[user.ID] = name
	}
	for _, name := range slices.Sorted(maps.Keys(rooms)) {
		fmt.Fprintf(&b, "room %s\n", name)
		f.describeRoom(t, &b, rooms[name].ID, names, users["ann"])
	}
	for _, ban := range must[[]chat.Ban](t)(f.Bans(t.Context(), 0, chat.BanPage{Limit: 100})) {
		fmt.Fprintf(&b, "banned %s by %s\n", ban.User.Username, ban.By.Username)
	}
	return b.String()
}

func (f *oldStore) describeUser(t *testing.T, b *strings.Builder, user chat.User) {
	t.Helper()
	sessions := must[[]chat.Session](t)(f.SessionsOfUser(t.Context(), user.ID, user.CreatedAt))
	banned := ""
	if user.Banned {
		banned = " banned"
	}
	fmt.Fprintf(b, "user %s: %s %s%s, %d sessions\n", user.Username, user.Kind, user.Role, banned, len(sessions))
	if user.Banned {
		return // that version did not answer such users
	}
	var lines []string
	for _, s := range must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), user.ID)) {
		name, last := s.Name, "none"
		if s.Peer != nil {
			name = "with " + s.Peer.Username
		}
		if s.Last != nil {
			last = fmt.Sprintf("%q", s.Last.Body)
		}
		lines = append(lines, fmt.Sprintf("    %s: %s, topic %q, %d members, %s, head %d, rev %d, read %d, unread %d, last %s\n",
			name, s.Kind, s.Topic, s.Members, s.Membership.Role, s.Seq, s.Rev, s.Membership.ReadSeq, s.Unread, last))
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, ""))
}

func (f *oldStore) describeRoom(t *testing.T, b *strings.Builder, room chat.RoomID, names map[chat.UserID]string, ann chat.User) {
	t.Helper()
	var members, links []string
	for _, m := range must[[]chat.Member](t)(f.Members(t.Context(), room, chat.MemberPage{Limit: 100})) {
		members = append(members, fmt.Sprintf("%s (%s)", m.User.Username, m.Role))
	}
	fmt.Fprintf(b, "    members %s\n", strings.Join(members, ", "))
	page := must[chat.Page](t)(f.Messages(t.Context(), room, chat.MessagePage{Direction: chat.PageAfter, Limit: 100}))
	for _, m := range page.Messages {
		marks := ""
		if !m.EditedAt.IsZero() {
			marks += " edited"
		}
		if m.Deleted {
			marks += " deleted"
		}
		fmt.Fprintf(b, "    %d (rev %d) %s, %s: %q%s\n", m.Seq, m.Rev, m.Author.Username, m.Kind, m.Body, marks)
	}
	for _, ban := range must[[]chat.Ban](t)(f.Bans(t.Context(), room, chat.BanPage{Limit: 100})) {
		fmt.Fprintf(b, "    banned %s by %s\n", ban.User.Username, ban.By.Username)
	}
	for _, i := range must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), room, ann.CreatedAt)) {
		if i.MaxUses > 0 && i.Uses >= i.MaxUses {
			continue // it was not told either
		}
		links = append(links, fmt.Sprintf("    invitation by %s, for %s, guests %v, used %d of %d\n",
			i.By.Username, names[i.ForUser], i.Guests, i.Uses, i.MaxUses))
	}
	slices.Sort(links)
	b.WriteString(strings.Join(links, ""))
}
