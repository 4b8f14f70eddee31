package storetest

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// modelUser is what the model knows of a user's stream besides the memberships.
type modelUser struct {
	threads   map[threadKey]chat.ThreadState
	bookmarks []chat.BookmarkPut // the last change of each, in order
	settings  chat.Settings
	account   int64                 // the rev of the last change of the role
	sessions  []chat.SessionEnded   // that have ended
	invited   []*chat.Invitation    // invitations for the user that are open
	ended     []chat.InvitationGone // invitations that are not open any more
}

// events are what the user's stream has of it after a rev, in any order.
func (m *model) eventsOf(user chat.User, since int64) (events []chat.Event) {
	u := m.also[user.ID]
	if u.account > since {
		events = append(events, chat.UserPut{User: user, Rev: u.account})
	}
	if u.settings.Rev > since {
		events = append(events, chat.SettingsPut{User: user.ID, Rev: u.settings.Rev, Settings: u.settings})
	}
	for _, s := range u.threads {
		events = append(events, s.Put())
	}
	for _, e := range u.bookmarks {
		events = append(events, e)
	}
	for _, e := range u.sessions {
		events = append(events, e)
	}
	for _, i := range u.invited {
		room := m.room(i.Room).room
		events = append(events, chat.Invited{User: user.ID, Rev: i.Rev, ID: i.ID, By: i.By, Room: chat.NewJoinRoom(room), ExpiresAt: i.ExpiresAt})
	}
	for _, e := range u.ended {
		events = append(events, e)
	}
	return slices.DeleteFunc(events, func(e chat.Event) bool { return revOf(e) <= since })
}

// withdraw ends the open invitations of a user for which the function says so.
func (m *modelUsers) withdraw(user chat.UserID, which func(*chat.Invitation) bool) (gone []chat.InvitationGone) {
	u := m.also[user]
	u.invited = slices.DeleteFunc(u.invited, func(i *chat.Invitation) bool {
		if !which(i) {
			return false
		}
		gone = append(gone, chat.InvitationGone{User: user, Rev: m.take(user), ID: i.ID})
		return true
	})
	u.ended = append(u.ended, gone...)
	return gone
}

// anyInvitation gives an open invitation, or nil and a user if there is none.
func (m *modelUsers) anyInvitation(t *rapid.T) (chat.User, *chat.Invitation) {
	user := m.anyUser(t)
	open := m.also[user.ID].invited
	if len(open) == 0 {
		return user, nil
	}
	return user, rapid.SampledFrom(open).Draw(t, "invitation")
}

func (m *model) endSession(t *rapid.T) {
	user := m.anyUser(t)
	u := m.also[user.ID]
	id := fmt.Sprint(user.ID, rapid.IntRange(1, 5).Draw(t, "session"))
	reason := rapid.SampledFrom([]chat.EndReason{chat.EndLogOut, chat.EndRevoked}).Draw(t, "reason")
	got, err := m.store.EndSession(m.t.Context(), user.ID, id, reason)
	noError(t, err)
	at := slices.IndexFunc(u.sessions, func(e chat.SessionEnded) bool { return e.Session == id })
	if at < 0 {
		at = len(u.sessions)
		u.sessions = append(u.sessions, chat.SessionEnded{User: user.ID, Rev: m.take(user.ID), Session: id, Reason: reason})
	}
	equal(t, "rev of the end", got, u.sessions[at].Rev)
	_, _, err = m.store.UserOfSession(m.t.Context(), user.ID, id)
	equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
	_, rev, err := m.store.UserOfSession(m.t.Context(), user.ID, id+" of another device")
	noError(t, err)
	equal(t, "head", rev, m.heads[user.ID])
}

func (m *model) promote(t *rapid.T) {
	i := rapid.IntRange(0, len(m.users)-1).Draw(t, "user")
	role := rapid.SampledFrom([]chat.Role{chat.RoleMember, chat.RoleAdmin}).Draw(t, "role")
	user := &m.users[i]
	got, changed, err := m.store.SetRole(m.t.Context(), user.ID, role)
	noError(t, err)
	equal(t, "changed", changed, user.Role != role)
	if user.Role = role; changed {
		m.also[user.ID].account = m.take(user.ID)
	}
	equal(t, "user", got, *user)
}

// invite lets the first user invite another one, where the first is a member.
func (m *model) invite(t *rapid.T) {
	user, room := rapid.SampledFrom(m.users[1:]).Draw(t, "user"), m.anyRoom(t)
	input := newInvitation(m.users[0], room.room.ID)
	input.ForUser, input.MaxUses = user.ID, 1
	made, replaced, err := m.store.CreateInvitation(m.t.Context(), nil, input)
	if _, there := room.members[m.users[0].ID]; !there {
		equal(t, "code", chat.CodeOf(err), chat.CodeForbidden)
		return
	}
	noError(t, err)
	equal(t, "replaced", replaced, m.withdraw(user.ID, func(i *chat.Invitation) bool { return i.Room == room.room.ID }))
	input.Rev = m.take(user.ID)
	equal(t, "invitation", made, input.Invitation)
	m.also[user.ID].invited = append(m.also[user.ID].invited, &made)
}

func (m *model) revoke(t *rapid.T) {
	user, invitation := m.anyInvitation(t)
	if invitation == nil {
		return
	}
	got, err := m.store.DeleteInvitation(m.t.Context(), nil, invitation.ID)
	noError(t, err)
	equal(t, "revoked", got, m.withdraw(user.ID, func(i *chat.Invitation) bool { return i == invitation }))
}

func (m *model) accept(t *rapid.T) {
	user, invitation := m.anyInvitation(t)
	if invitation == nil {
		return
	}
	room := m.room(invitation.Room)
	sub, created, used, err := m.store.Redeem(m.t.Context(), nil, user.ID, chat.Redemption{ID: invitation.ID, At: now})
	membership, there := room.members[user.ID]
	if room.banned[user.ID] && !there {
		equal(t, "code", chat.CodeOf(err), chat.CodeForbidden)
		return
	}
	noError(t, err)
	equal(t, "created", created, !there)
	var gone []chat.InvitationGone
	if !there {
		room.room.Members++
		room.room.Rev++
		membership = chat.Membership{
			Room: room.room.ID, User: user.ID, Role: chat.RoleMember, ReadSeq: room.room.Seq, JoinedAt: now,
			Rev: m.take(user.ID), RoomRev: room.room.Rev,
		}
		room.members[user.ID] = membership
		delete(room.gone, user.ID)
		gone = m.withdraw(user.ID, func(i *chat.Invitation) bool { return i == invitation })
	}
	equal(t, "used", used, gone)
	equal(t, "membership", sub.Membership, membership)
}

// anyMentions draws whom a message mentions.
func (m *modelUsers) anyMentions(t *rapid.T) (users []chat.Mention, room bool) {
	for _, user := range m.users {
		if rapid.IntRange(0, 3).Draw(t, "mentions "+user.Username) == 0 {
			users = append(users, chat.Mention{User: user.ID, Text: "@" + user.Username})
		}
	}
	return users, rapid.IntRange(0, 5).Draw(t, "mentions the room") == 0
}

// mentions gives the seqs behind the read position by which others mention the user.
func (r *modelRoom) mentions(user chat.UserID, readSeq int64) (seqs []int64) {
	for _, message := range r.messages[readSeq:] {
		byName := slices.ContainsFunc(message.Mentions, func(m chat.Mention) bool { return m.User == user })
		if message.Author.ID != user && (byName || message.MentionsRoom) {
			seqs = append(seqs, message.Seq)
		}
	}
	return seqs
}
