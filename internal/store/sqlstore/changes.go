package sqlstore

import (
	"context"
	"strconv"
	"time"

	"partychat/internal/chat"
)

const (
	// ListHeads reads a user, the head and the floor of the stream, and a row for
	// each room in the list; a row of zeros if there is none.
	ListHeads = `
SELECT u.id, u.username, u.kind, u.role, u.created_at, u.banned, coalesce(h.rev, 0), coalesce(h.floor, 0),
    coalesce(c.room, 0), coalesce(c.room_rev, 0), coalesce(c.rev, 0), coalesce(c.peer, 0)
FROM users u LEFT JOIN user_heads h ON h."user" = u.id
LEFT JOIN (
    SELECT m.room, r.rev AS room_rev, m.rev, m.peer FROM memberships m JOIN rooms r ON r.id = m.room
    WHERE m."user" = $1 AND m.hidden_until <= r.seq) c ON true
WHERE u.id = $1`

	// ChangedOfUser reads the head and the floor of a user's stream, and a row for
	// each thing that has changed after a rev, at most so many. A row without a kind
	// says that nothing has.
	ChangedOfUser = `
SELECT coalesce(h.rev, 0), coalesce(h.floor, 0), coalesce(c.kind, ''), coalesce(c.subject, ''), coalesce(c.gone, 0),
    coalesce(c.rev, 0), coalesce(c.reason, '')
FROM users u LEFT JOIN user_heads h ON h."user" = u.id
LEFT JOIN (
    SELECT 'room' AS kind, CAST(m.room AS text) AS subject, 0 AS gone, m.rev AS rev, '' AS reason
    FROM memberships m JOIN rooms r ON r.id = m.room
    WHERE m."user" = $1 AND m.rev > $2 AND m.hidden_until <= r.seq
    UNION ALL
    SELECT 'invitation', CAST(i.id AS text), 0, i.rev, '' FROM invitations i
    WHERE i.for_user = $1 AND i.for_user IS NOT NULL AND i.rev > $2 AND i.uses = 0
    UNION ALL
    SELECT 'account', '', 0, a.account_rev, '' FROM user_heads a WHERE a."user" = $1 AND a.account_rev > $2
    UNION ALL
    SELECT l.kind, l.subject, 1, l.rev, l.reason FROM user_log l WHERE l."user" = $1 AND l.rev > $2) c ON true
WHERE u.id = $1 ORDER BY c.rev LIMIT $3`

	// ChangedMembers reads who has come into a room or gone after the first rev and
	// up to the second, at most so many. The index on room_rev has only those above 0.
	ChangedMembers = `
SELECT 0 AS gone, m.room_rev AS rev, '' AS reason, m.role AS in_room, u.id, u.username, u.kind, u.role, u.created_at, u.banned
FROM memberships m JOIN users u ON u.id = m."user"
WHERE m.room = $1 AND m.room_rev > 0 AND m.room_rev > $2 AND m.room_rev <= $3
UNION ALL
SELECT 1, l.rev, l.reason, '', u.id, u.username, u.kind, u.role, u.created_at, u.banned
FROM room_log l JOIN users u ON u.id = l."user"
WHERE l.room = $1 AND l.rev > $2 AND l.rev <= $3
ORDER BY rev LIMIT $4`

	// SelectRoomState reads a room, when its name or topic last changed, and the
	// floor of its stream.
	SelectRoomState = `
SELECT id, kind, name, topic, created_at, members, seq, rev, changed_rev, floor FROM rooms WHERE id = $1`

	// UserOfSession reads a user, and whether the end of the session is on the
	// user's stream.
	UserOfSession = `
SELECT u.id, u.username, u.kind, u.role, u.created_at, u.banned,
    EXISTS (SELECT 1 FROM user_log l WHERE l."user" = u.id AND l.kind = 'session' AND l.subject = $2)
FROM users u WHERE u.id = $1`
)

// Changed is a row of ChangedOfUser.
type Changed struct {
	Kind, Subject string
	Gone          bool
	Rev           int64
	Reason        string
}

// Listing is what ChangedOfUser has found.
type Listing struct {
	Rev, Floor int64
	Changed    []Changed
}

// Scan takes a row.
func (l *Listing) Scan(r Scanner) error {
	var c Changed
	var gone int64
	if err := r.Scan(&l.Rev, &l.Floor, &c.Kind, &c.Subject, &gone, &c.Rev, &c.Reason); err != nil {
		return err
	}
	if c.Kind != "" {
		c.Gone = gone != 0
		l.Changed = append(l.Changed, c)
	}
	return nil
}

// Reader reads the present state of things.
type Reader interface {
	UserByID(ctx context.Context, id chat.UserID) (chat.User, error)
	RoomsByID(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error)
	SubscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error)
	InvitationsIn(ctx context.Context, ids []chat.InvitationID) ([]chat.Invitation, error)
}

// eventSize is more than an event without a subscription has in JSON.
const eventSize = 1024

// Changes makes the events of a user's stream from a listing of at most limit and
// one more rows. What is read has been read after the listing: a thing that has
// another rev by now is left out, for that rev is beyond the listing's.
func (l Listing) Changes(
	ctx context.Context, from Reader, user chat.UserID, since int64, limit, bytes int,
) (chat.UserChanges, error) {
	changes := chat.UserChanges{Events: []chat.Event{}, Rev: l.Rev}
	if since < l.Floor || since > l.Rev {
		changes.StartOver = true
		return changes, nil
	}
	if len(l.Changed) > limit {
		l.Changed, changes.More = l.Changed[:limit], true
	}
	state := states{user: user}
	if err := state.read(ctx, from, l.Changed); err != nil {
		return chat.UserChanges{}, err
	}
	space := chat.NewPageSpace(limit, bytes)
	last := since
	for _, c := range l.Changed {
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
	subs        map[string]chat.Subscription
	invitations map[string]chat.Invitation
	rooms       map[chat.RoomID]chat.Room // into which those lead
}

func (s *states) read(ctx context.Context, from Reader, changed []Changed) error {
	var rooms []chat.RoomID
	var ids []chat.InvitationID
	account := false
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
		}
	}
	if err := s.readSubscriptions(ctx, from, rooms); err != nil {
		return err
	}
	if err := s.readInvitations(ctx, from, ids); err != nil || !account {
		return err
	}
	now, err := from.UserByID(ctx, s.user)
	s.account = &now
	return err
}

func (s *states) readSubscriptions(ctx context.Context, from Reader, rooms []chat.RoomID) error {
	if len(rooms) == 0 {
		return nil
	}
	subs, err := from.SubscriptionsIn(ctx, s.user, rooms)
	s.subs = make(map[string]chat.Subscription, len(subs))
	for _, sub := range subs {
		s.subs[subject(sub.ID)] = sub
	}
	return err
}

func (s *states) readInvitations(ctx context.Context, from Reader, ids []chat.InvitationID) error {
	if len(ids) == 0 {
		return nil
	}
	invitations, err := from.InvitationsIn(ctx, ids)
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
	rooms, err := from.RoomsByID(ctx, into)
	for _, room := range rooms {
		s.rooms[room.ID] = room
	}
	return err
}

// event gives the event of a change and its size; nil if there is nothing to tell.
func (s *states) event(c Changed) (event chat.Event, size int) {
	switch {
	case c.Kind == kindSession:
		return chat.SessionEnded{User: s.user, Rev: c.Rev, Session: c.Subject, Reason: chat.EndReason(c.Reason)}, eventSize
	case c.Kind == kindAccount && s.account.Banned:
		return chat.UserBanned{User: s.user, Rev: c.Rev}, eventSize
	case c.Kind == kindAccount:
		return chat.UserPut{User: *s.account, Rev: c.Rev}, eventSize
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

func (s *states) invited(c Changed) (chat.Event, int) {
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

// MemberRow receives a row of ChangedMembers.
type MemberRow struct {
	gone, createdAt int64
	change          chat.MemberChange
	member          chat.Member
}

// Dest is where the row goes.
func (r *MemberRow) Dest() []any {
	u := &r.member.User
	return []any{&r.gone, &r.change.Rev, &r.change.Reason, &r.member.Role, &u.ID, &u.Username, &u.Kind, &u.Role, &r.createdAt, &u.Banned}
}

// Change is what the row says.
func (r *MemberRow) Change() chat.MemberChange {
	change, member := r.change, r.member
	change.User = member.User.ID
	if r.gone == 0 {
		member.User.CreatedAt = time.UnixMilli(r.createdAt).UTC()
		change.Member = &member
	}
	return change
}

// OnlyMessages tells whether the messages of a page alone have taken all revs that
// it spans: then there is nothing else to look for.
func OnlyMessages(c chat.Changes, since int64) bool {
	return int64(len(c.Messages)) == c.Rev-since
}

// RoomState is what else has changed on a room's stream. It has been read after the
// page of messages to which it is added.
type RoomState struct {
	Room              chat.Room
	ChangedRev, Floor int64
	Members           []chat.MemberChange // at most one more than the limit, none beyond the page
}

// Add gives the page with what else has changed up to its end.
func (s RoomState) Add(c chat.Changes, since int64, limit int) chat.Changes {
	if since < s.Floor {
		return chat.Changes{Messages: []chat.Message{}, Rev: s.Room.Rev, StartOver: true}
	}
	if len(s.Members) > limit {
		s.Members = s.Members[:limit]
		c.Rev, c.More = s.Members[limit-1].Rev, true
		end := len(c.Messages)
		for end > 0 && c.Messages[end-1].Rev > c.Rev {
			end--
		}
		c.Messages = c.Messages[:end]
	}
	c.Members = s.Members
	if s.ChangedRev > since && s.ChangedRev <= c.Rev {
		c.Room = &s.Room
	}
	return c
}
