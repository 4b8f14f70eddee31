package sqlstore

import (
	"context"
	"strconv"

	"partychat/internal/chat"
)

// changedThing is a row of ChangedOfUser.
type changedThing struct {
	Kind, Subject string
	Gone          bool
	Rev           int64
	Reason        string
}

// listing is what ChangedOfUser has found.
type listing struct {
	rev, floor int64
	changed    []changedThing
}

// scan takes a row.
func (l *listing) scan(r Scanner) error {
	var c changedThing
	var gone int64
	if err := r.Scan(&l.rev, &l.floor, &c.Kind, &c.Subject, &gone, &c.Rev, &c.Reason); err != nil {
		return err
	}
	if c.Kind != "" {
		c.Gone = gone != 0
		l.changed = append(l.changed, c)
	}
	return nil
}

// eventSize is more than an event without a subscription has in JSON.
const eventSize = 1024

// changes makes the events of a user's stream from a listing of at most limit and
// one more rows. The present states are read after the listing: a thing that has
// another rev by now is left out, because that rev is beyond the listing's.
func (l listing) changes(
	ctx context.Context, from *Core, user chat.UserID, since int64, limit, bytes int,
) (chat.UserChanges, error) {
	changes := chat.UserChanges{Events: []chat.Event{}, Rev: l.rev}
	if since < l.floor || since > l.rev {
		changes.StartOver = true
		return changes, nil
	}
	if len(l.changed) > limit {
		l.changed, changes.More = l.changed[:limit], true
	}
	state := states{user: user}
	if err := state.read(ctx, from, l.changed); err != nil {
		return chat.UserChanges{}, err
	}
	space := chat.NewPageSpace(limit, bytes)
	last := since
	for _, c := range l.changed {
		event, size := state.event(c)
		if event != nil && !space.Take(size) {
			changes.More = true
			break
		}
		if last = c.Rev; event != nil {
			changes.Events = append(changes.Events, event)
		}
	}
	if changes.More {
		changes.Rev = last
	}
	return changes, nil
}

// states is what has been read of the things that have changed.
type states struct {
	user        chat.UserID
	account     *chat.User
	settings    *chat.Settings
	subs        map[string]chat.Subscription
	invitations map[string]chat.Invitation
	rooms       map[chat.RoomID]chat.Room // into which those lead
}

func (s *states) read(ctx context.Context, from *Core, changed []changedThing) error {
	var rooms []chat.RoomID
	var ids []chat.InvitationID
	account, settings := false, false
	for _, c := range changed {
		if c.Gone {
			continue
		}
		id, _ := strconv.ParseInt(c.Subject, 10, 64) // as it was written
		switch c.Kind {
		case kindRoom:
			rooms = append(rooms, chat.RoomID(id))
		case kindInvitation:
			ids = append(ids, chat.InvitationID(id))
		case kindAccount:
			account = true
		case kindSettings:
			settings = true
		}
	}
	if err := s.readSubscriptions(ctx, from, rooms); err != nil {
		return err
	}
	if err := s.readInvitations(ctx, from, ids); err != nil {
		return err
	}
	if settings {
		now, err := settingsStore{from}.Settings(ctx, s.user)
		if err != nil {
			return err
		}
		s.settings = &now
	}
	if !account {
		return nil
	}
	now, err := userStore{from}.UserByID(ctx, s.user)
	s.account = &now
	return err
}

func (s *states) readSubscriptions(ctx context.Context, from *Core, rooms []chat.RoomID) error {
	if len(rooms) == 0 {
		return nil
	}
	subs, err := from.subscriptionsIn(ctx, s.user, rooms)
	s.subs = make(map[string]chat.Subscription, len(subs))
	for _, sub := range subs {
		s.subs[subject(sub.ID)] = sub
	}
	return err
}

func (s *states) readInvitations(ctx context.Context, from *Core, ids []chat.InvitationID) error {
	if len(ids) == 0 {
		return nil
	}
	invitations, err := allOf(ctx, from, from.sql.InvitationsIn, ids, scanInvitation)
	if err != nil {
		return err
	}
	s.invitations, s.rooms = make(map[string]chat.Invitation), make(map[chat.RoomID]chat.Room)
	var into []chat.RoomID
	for _, i := range invitations {
		s.invitations[subject(i.ID)] = i
		if i.Room != 0 {
			into = append(into, i.Room)
		}
	}
	rooms, err := roomStore{from}.RoomsByID(ctx, into)
	for _, room := range rooms {
		s.rooms[room.ID] = room
	}
	return err
}

// event gives the event of a change and its size; nil if there is nothing to tell.
func (s *states) event(c changedThing) (event chat.Event, size int) {
	switch {
	case c.Kind == kindSession:
		return chat.SessionEnded{User: s.user, Rev: c.Rev, Session: c.Subject, Reason: chat.EndReason(c.Reason)}, eventSize
	case c.Kind == kindThread:
		return threadPut(s.user, c), eventSize
	case c.Kind == kindBookmark:
		return bookmarkPut(s.user, c), eventSize
	case c.Kind == kindAccount && s.account.Banned:
		return chat.UserBanned{User: s.user, Rev: c.Rev}, eventSize
	case c.Kind == kindAccount:
		return chat.UserPut{User: *s.account, Rev: c.Rev}, eventSize
	case c.Kind == kindSettings:
		if s.settings.Rev != c.Rev {
			return nil, 0
		}
		return chat.SettingsPut{User: s.user, Rev: c.Rev, Settings: *s.settings}, eventSize
	case c.Kind == kindRoom && c.Gone:
		room, _ := strconv.ParseInt(c.Subject, 10, 64)
		return chat.SubscriptionGone{User: s.user, Rev: c.Rev, Room: chat.RoomID(room), Reason: chat.GoneReason(c.Reason)}, eventSize
	case c.Kind == kindInvitation && c.Gone:
		id, _ := strconv.ParseInt(c.Subject, 10, 64)
		return chat.InvitationGone{User: s.user, Rev: c.Rev, ID: chat.InvitationID(id)}, eventSize
	case c.Kind == kindRoom:
		sub, there := s.subs[c.Subject]
		if !there || sub.Membership.Rev != c.Rev {
			return nil, 0
		}
		return chat.SubscriptionPut{User: s.user, Rev: c.Rev, Subscription: sub}, sub.Size()
	case c.Kind == kindInvitation:
		return s.invited(c)
	}
	return nil, 0 // of a later version
}

func (s *states) invited(c changedThing) (chat.Event, int) {
	i, there := s.invitations[c.Subject]
	if !there || i.Rev != c.Rev {
		return nil, 0
	}
	event := chat.Invited{User: s.user, Rev: c.Rev, ID: i.ID, By: i.By, ExpiresAt: i.ExpiresAt}
	if i.Room != 0 {
		room, there := s.rooms[i.Room]
		if !there {
			return nil, 0
		}
		event.Room = chat.NewJoinRoom(room)
	}
	return event, 4 * eventSize
}

// scanMemberChange takes a row of ChangedMembers.
func scanMemberChange(r Scanner) (change chat.MemberChange, err error) {
	var gone int64
	var role chat.Role
	var row UserRow
	err = r.Scan(append([]any{&gone, &change.Rev, (*string)(&change.Reason), (*string)(&role)}, row.Dest()...)...)
	user := row.User()
	change.User = user.ID
	if gone == 0 {
		change.Member = &chat.Member{User: user, Role: role}
	}
	return change, err
}

// onlyMessages tells whether the messages of a page alone have taken all revs that it
// spans: then there is nothing else to look for.
func onlyMessages(c chat.Changes, since int64) bool {
	return int64(len(c.Messages)) == c.Rev-since
}

// roomState is what else has changed on a room's stream. It is read after the page of
// messages that it is added to.
type roomState struct {
	room              chat.Room
	changedRev, floor int64
	members           []chat.MemberChange // at most one more than the limit, none beyond the page
}

// add returns the page with what else has changed up to its end.
func (s roomState) add(c chat.Changes, since int64, limit int) chat.Changes {
	if since < s.floor {
		return chat.Changes{Messages: []chat.Message{}, Rev: s.room.Rev, StartOver: true}
	}
	if len(s.members) > limit {
		s.members = s.members[:limit]
		c.Rev, c.More = s.members[limit-1].Rev, true
		end := len(c.Messages)
		for end > 0 && c.Messages[end-1].Rev > c.Rev {
			end--
		}
		c.Messages = c.Messages[:end]
	}
	if len(s.members) > 0 {
		c.Members = s.members
	}
	if s.changedRev > since && s.changedRev <= c.Rev {
		c.Room, c.RoomRev = &s.room, s.changedRev
	}
	return c
}
