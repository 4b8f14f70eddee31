package storetest

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// take gives the next rev of a user's stream.
func (m *modelUsers) take(user chat.UserID) int64 {
	m.heads[user]++
	return m.heads[user]
}

// gone ends a membership, or notes a ban of who has none.
func (m *model) gone(room *modelRoom, user chat.User, reason chat.GoneReason) {
	wasAdmin := room.members[user.ID].Role == chat.RoleAdmin
	delete(room.members, user.ID)
	m.heir = 0
	defer func() {
		if wasAdmin {
			inherit(m, room)
		}
	}()
	room.room.Members = len(room.members)
	room.room.Rev++
	gone := chat.Gone{Rev: m.take(user.ID), RoomRev: room.room.Rev, Reason: reason}
	room.gone[user.ID] = gone
	if user.ID != m.users[0].ID {
		return
	}
	m.withdrawn = nil
	for _, other := range m.users[1:] { // who were invited by the first
		m.withdrawn = append(m.withdrawn, m.withdraw(other.ID, func(i *chat.Invitation) bool { return i.Room == room.room.ID })...)
	}
}

// inherit makes a member admin if there is none any more. All have joined at the same
// time, so it is the one with the lowest id.
func inherit(m *model, room *modelRoom) {
	for id, membership := range room.members {
		if membership.Role == chat.RoleAdmin {
			m.heir = 0
			return
		}
		if m.heir == 0 || id < m.heir {
			m.heir = id
		}
	}
	if m.heir != 0 {
		appointed(m, room, m.heir, chat.RoleAdmin)
	}
}

// appointed gives a member another role.
func appointed(m *model, room *modelRoom, id chat.UserID, role chat.Role) {
	membership := room.members[id]
	room.room.Rev++
	membership.Role, membership.RoomRev, membership.Rev = role, room.room.Rev, m.take(id)
	room.members[id] = membership
}

// appoint gives a member of a room a role.
func appoint(t *rapid.T, m *model) {
	user, room := m.anyUser(t), m.anyRoom(t)
	role := rapid.SampledFrom([]chat.Role{chat.RoleAdmin, chat.RoleMember}).Draw(t, "role")
	done, changed, err := m.store.SetMemberRole(m.t.Context(), nil, room.room.ID, user.ID, role)
	before, there := room.members[user.ID]
	others := false
	for id, other := range room.members {
		others = others || id != user.ID && other.Role == chat.RoleAdmin
	}
	switch {
	case !there:
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	case role == chat.RoleMember && before.Role == chat.RoleAdmin && !others:
		equal(t, "code", chat.CodeOf(err), chat.CodeInvalid)
		return
	}
	noError(t, err)
	if equal(t, "changed", changed, before.Role != role); changed {
		appointed(m, room, user.ID, role)
	}
	equal(t, "member", done.Member, *m.memberOf(room, user.ID))
}

// wantGone holds the answer to the end of a membership against the model.
func (m *model) wantGone(t *rapid.T, room *modelRoom, user chat.User, got chat.Gone) {
	got.Removed = false
	byUser := func(a, b chat.InvitationGone) int { return cmp.Compare(a.User, b.User) }
	slices.SortFunc(got.Withdrawn, byUser)
	slices.SortFunc(m.withdrawn, byUser)
	equal(t, "invitations that end with it", got.Withdrawn, m.withdrawn)
	got.Withdrawn, m.withdrawn = nil, nil
	var heir chat.UserID
	if got.Heir != nil {
		heir = got.Heir.Member.User.ID
	}
	equal(t, "heir", heir, m.heir)
	got.Heir, m.heir = nil, 0
	equal(t, "revs of the end", got, room.gone[user.ID])
}

// memberOf gives the user as a member of the room.
func (m *modelUsers) memberOf(room *modelRoom, id chat.UserID) *chat.Member {
	user := m.users[slices.IndexFunc(m.users, func(u chat.User) bool { return u.ID == id })]
	return &chat.Member{User: user, Role: room.members[id].Role}
}

func (m *model) changes(t *rapid.T) {
	room, limit := m.anyRoom(t), anyLimit(t)
	since := rapid.Int64Range(0, room.room.Rev).Draw(t, "since")
	want := chat.Changes{Messages: []chat.Message{}, Rev: room.room.Rev}
	for _, message := range room.messages {
		if message.Rev > since {
			want.Messages = append(want.Messages, message)
		}
	}
	slices.SortFunc(want.Messages, func(a, b chat.Message) int { return cmp.Compare(a.Rev, b.Rev) })
	if len(want.Messages) > limit {
		want.Messages, want.More = want.Messages[:limit], true
		want.Rev = want.Messages[limit-1].Rev
	}
	for id, membership := range room.members {
		if membership.RoomRev > since && membership.RoomRev <= want.Rev {
			want.Members = append(want.Members, chat.MemberChange{Rev: membership.RoomRev, User: id, Member: m.memberOf(room, id)})
		}
	}
	for id, gone := range room.gone {
		if gone.RoomRev > since && gone.RoomRev <= want.Rev {
			want.Members = append(want.Members, chat.MemberChange{Rev: gone.RoomRev, User: id, Reason: gone.Reason})
		}
	}
	slices.SortFunc(want.Members, func(a, b chat.MemberChange) int { return cmp.Compare(a.Rev, b.Rev) })
	if len(want.Members) > limit {
		want.Members, want.More = want.Members[:limit], true
		want.Rev = want.Members[limit-1].Rev
		want.Messages = slices.DeleteFunc(want.Messages, func(message chat.Message) bool { return message.Rev > want.Rev })
	}
	if room.changed > since && room.changed <= want.Rev {
		now := room.room
		want.Room, want.RoomRev = &now, room.changed
	}
	got, err := m.store.ChangesSince(m.t.Context(), room.room.ID, since, limit, 0)
	noError(t, err)
	equal(t, "changes", got, want)
}

// changesOfUser holds what has changed on a user's stream against the model.
func (m *model) changesOfUser(t *rapid.T) {
	user, limit := m.anyUser(t), anyLimit(t)
	since := rapid.Int64Range(0, m.heads[user.ID]+1).Draw(t, "since")
	got, err := m.store.UserChanges(m.t.Context(), user.ID, since, limit, 0)
	noError(t, err)
	if since > m.heads[user.ID] {
		equal(t, "changes from beyond the head", got, chat.UserChanges{Events: []chat.Event{}, Rev: m.heads[user.ID], StartOver: true})
		return
	}
	want := chat.UserChanges{Events: []chat.Event{}, Rev: m.heads[user.ID]}
	for _, room := range m.rooms {
		if membership, there := room.members[user.ID]; there && membership.Rev > since {
			want.Events = append(want.Events, chat.SubscriptionPut{User: user.ID, Rev: membership.Rev, Subscription: room.subscription(user.ID)})
		}
		if gone, there := room.gone[user.ID]; there && gone.Rev > since {
			want.Events = append(want.Events, chat.SubscriptionGone{User: user.ID, Rev: gone.Rev, Room: room.room.ID, Reason: gone.Reason})
		}
	}
	want.Events = append(want.Events, m.eventsOf(user, since)...)
	slices.SortFunc(want.Events, func(a, b chat.Event) int { return cmp.Compare(revOf(a), revOf(b)) })
	if len(want.Events) > limit {
		want.Events, want.More = want.Events[:limit], true
		want.Rev = revOf(want.Events[limit-1])
	}
	equal(t, "changes of "+user.Username, got, want)
}

func revOf(event chat.Event) int64 { return event.(chat.Revised).Revision() }

// subscription is what the user's list should have of the room.
func (r *modelRoom) subscription(user chat.UserID) chat.Subscription {
	membership := r.members[user]
	sub := chat.Subscription{Room: r.room, Membership: membership, Unread: r.unread(membership.ReadSeq), Mentions: r.mentions(user, membership.ReadSeq)}
	if n := len(r.messages); n > 0 {
		last := r.messages[n-1].Preview()
		sub.Last = &last
	}
	return sub
}

// checkHeads holds a user's list in its shortest form against the whole one.
func (m *model) checkHeads(t *rapid.T, user chat.User, subs []chat.Subscription) {
	want := chat.UserHead{User: user, Rev: m.heads[user.ID], Settings: m.also[user.ID].settings, Rooms: []chat.ListHead{}}
	var ids []chat.RoomID
	for _, sub := range subs {
		want.Rooms = append(want.Rooms, chat.ListHead{Room: sub.ID, Rev: sub.Membership.RoomRev})
		ids = append(ids, sub.ID)
	}
	got, err := m.store.ListHeads(m.t.Context(), user.ID)
	noError(t, err)
	slices.SortFunc(got.Rooms, func(a, b chat.ListHead) int { return slices.Index(ids, a.Room) - slices.Index(ids, b.Room) })
	equal(t, "heads of "+user.Username, got, want)
	in, err := m.store.SubscriptionsIn(m.t.Context(), user.ID, append(ids, 99))
	noError(t, err)
	equal(t, "subscriptions by room of "+user.Username, in, subs)
}
