package sqlstore

import (
	"context"
	"slices"
	"time"

	"partychat/internal/chat"
)

// MembershipColumns are what a MembershipRow receives, of memberships m.
const MembershipColumns = `m.role, m.read_seq, m.joined_at, m.rev, m.room_rev, coalesce(m.peer, 0), m.hidden_until,
    m.hidden_until > (SELECT seq FROM rooms WHERE id = m.room), m.marked_rev, m.level`

type membershipStatements struct {
	InsertMember, DeleteMember, Membership, MembershipsOf, IsMember, Members string
	MarkUnread                                                               string
	subscriptionStatements
}

func (d Dialect) memberships() membershipStatements {
	return membershipStatements{
		InsertMember: `
INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at)
SELECT $1, u.id, u.folded_name, $3, $4, $5 FROM users u WHERE u.id = $2
ON CONFLICT (room, "user") DO NOTHING`,

		DeleteMember: `DELETE FROM memberships WHERE room = $1 AND "user" = $2`,

		Membership: `SELECT ` + MembershipColumns + ` FROM memberships m WHERE m.room = $1 AND m."user" = $2`,

		MembershipsOf: `
SELECT m."user", ` + MembershipColumns + ` FROM memberships m WHERE m.room = $1 AND ` + d.Any(`m."user"`, "$2"),

		IsMember: `SELECT EXISTS (SELECT 1 FROM memberships WHERE room = $1 AND "user" = $2)`,

		Members: `
SELECT ` + UserColumns + `, m.role FROM memberships m ` + d.Join + ` users u ON u.id = m."user"
WHERE m.room = $1 AND m.folded_name > $2
ORDER BY m.folded_name LIMIT $3`,

		MarkUnread: `
UPDATE memberships SET read_seq = ` + d.Least + `(read_seq, $3), rev = $4, marked_rev = $4 WHERE room = $1 AND "user" = $2`,

		subscriptionStatements: d.subscriptions(),
	}
}

// Subscribe is specified by chat.MembershipStore.
func (s membershipStore) Subscribe(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time,
) (sub chat.Subscription, created bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		_, err := s.allow(tx, act, object{room: room})
		if err != nil {
			return err
		}
		if created, err = s.subscribe(tx, room, user, role, at); err != nil {
			return err
		}
		sub, err = s.subscription(tx, room, user)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return NoRoom() // no user, rather: there would be a membership by now
		}
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, err
	}
	return sub, created, nil
}

// subscribe makes the user a member, with the read position at the head, unless the
// user is banned from the room. Added is false if the user is a member already or does not exist.
func (c *Core) subscribe(tx Tx, room chat.RoomID, user chat.UserID, role chat.Role, at time.Time) (added bool, err error) {
	head, err := c.lockRoom(tx, room)
	if err != nil {
		return false, err
	}
	var banned bool // behind the lock of the room, which bans take, too
	if _, err := tx.Row(c.sql.IsBanned, []any{room, user}, &banned); err != nil {
		return false, err
	}
	if banned {
		return false, chat.ErrBannedFromRoom()
	}
	if err := (roomAdminStore{c}).isOpenTo(tx, room, user); err != nil {
		return false, err
	}
	return c.addMember(tx, head, user, role, at, true)
}

// isOpenTo fails with chat.ErrArchived if the room is archived and the user not in it.
func (s roomAdminStore) isOpenTo(tx Tx, room chat.RoomID, user chat.UserID) error {
	var archived, member bool
	if _, err := tx.Row(s.sql.RoomArchived, []any{room}, &archived); err != nil || !archived {
		return err
	}
	_, err := tx.Row(s.sql.IsMember, []any{room, user}, &member)
	if err == nil && !member {
		err = chat.ErrArchived()
	}
	return err
}

// addMember makes the user a member, behind the lock of the room. Added is false if
// the user is a member already or does not exist. The stream of a new room does not
// have its first member: onRoom is false.
func (c *Core) addMember(
	tx Tx, room chat.Head, user chat.UserID, role chat.Role, at time.Time, onRoom bool,
) (added bool, err error) {
	n, err := tx.Exec(c.sql.InsertMember, room.Room, user, role, room.Seq, Millis(at))
	if err != nil || n == 0 {
		return false, err
	}
	if err := c.countMembers(tx, room.Room, 1); err != nil {
		return false, err
	}
	return true, c.streams.MemberCame(tx, room.Room, user, onRoom)
}

// countMembers keeps the number of members, unless triggers do.
func (c *Core) countMembers(tx Tx, room chat.RoomID, more int) error {
	if c.dialect.CountsMembers {
		return nil
	}
	_, err := tx.Exec(c.sql.CountMembers, room, more)
	return err
}

// Unsubscribe is specified by chat.MembershipStore.
func (s membershipStore) Unsubscribe(ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	return s.end(ctx, act, room, user, chat.GoneLeft)
}

// end ends a membership, in a transaction of its own.
func (c *Core) end(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, reason chat.GoneReason,
) (gone chat.Gone, err error) {
	err = c.db.Write(ctx, func(tx Tx) error {
		withdrawn, err := c.allow(tx, act, object{room: room, target: user, links: true})
		if err != nil {
			return err
		}
		gone, _, err = c.endMembership(tx, room, user, reason, withdrawn)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return nil // there is no such room
		}
		return err
	})
	if err != nil {
		return chat.Gone{}, err
	}
	return gone, nil
}

// endMembership ends a membership, for whatever reason, and the links that go with
// it, of which allow has withdrawn some. It returns all that were withdrawn. The
// transaction holds the lock of the room afterwards. CodeNotFound if there is no such
// room.
func (c *Core) endMembership(
	tx Tx, room chat.RoomID, user chat.UserID, reason chat.GoneReason, withdrawn []chat.InvitationGone,
) (gone chat.Gone, all []chat.InvitationGone, err error) {
	// Anybody who joins at the same moment has joined before, or sees the ban.
	if _, err := c.lockRoom(tx, room); err != nil {
		return chat.Gone{}, nil, err
	}
	// A link that was being made while allow withdrew the others is there by now;
	// later ones need the membership.
	more, err := withdraw(tx, c.sql.DeleteInvitationsInto, room, user)
	if err != nil {
		return chat.Gone{}, nil, err
	}
	all = slices.Concat(withdrawn, more)
	was := NewMembershipRow(room, user)
	if _, err := tx.Row(c.sql.Membership, []any{room, user}, was.Dest()...); err != nil {
		return chat.Gone{}, nil, err
	}
	n, err := tx.Exec(c.sql.DeleteMember, room, user)
	if err != nil {
		return chat.Gone{}, nil, err
	}
	if n == 0 {
		gone, err = c.streams.NotMember(tx, room, user)
		return gone, all, err
	}
	if err := c.countMembers(tx, room, -1); err != nil {
		return chat.Gone{}, nil, err
	}
	heir, err := roomAdminStore{c}.heirOf(tx, was.Membership())
	if err != nil {
		return chat.Gone{}, nil, err
	}
	if heir != 0 { // all heads of users are locked in one order
		if err := c.streams.LockHeads(tx, append(receivers(all), user, heir)...); err != nil {
			return chat.Gone{}, nil, err
		}
	}
	if gone, err = c.streams.MemberGone(tx, room, user, reason, all); err != nil {
		return chat.Gone{}, nil, err
	}
	gone.Removed = true
	if heir != 0 {
		appointed, err := roomAdminStore{c}.appoint(tx, room, heir, chat.RoleAdmin)
		if err != nil {
			return chat.Gone{}, nil, err
		}
		gone.Heir = &appointed
	}
	return gone, all, nil
}

// Membership is specified by chat.MembershipStore.
func (s membershipStore) Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error) {
	row := NewMembershipRow(room, user)
	if err := s.one(ctx, s.sql.Membership, []any{room, user}, NoMember, row.Dest()...); err != nil {
		return chat.Membership{}, err
	}
	return row.Membership(), nil
}

// MarkUnread is specified by chat.ReadingStore.
func (s membershipStore) MarkUnread(
	ctx context.Context, _ *chat.Act, room chat.RoomID, user chat.UserID, seq int64,
) (chat.Membership, error) {
	row := NewMembershipRow(room, user)
	err := s.db.Write(ctx, func(tx Tx) error {
		// The membership is locked before the head of its user's stream, as by MoveRead.
		found, err := tx.Row(s.sql.Membership+s.dialect.Lock("m"), []any{room, user}, row.Dest()...)
		if err == nil && !found {
			err = NoMember()
		}
		if err != nil {
			return err
		}
		rev, err := take(tx, takeUserRev, user)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.MarkUnread, room, user, seq-1, rev); err != nil {
			return err
		}
		_, err = tx.Row(s.sql.Membership, []any{room, user}, row.Dest()...)
		return err
	})
	if err != nil {
		return chat.Membership{}, err
	}
	return row.Membership(), nil
}

// Members is specified by chat.MembershipStore.
func (s membershipStore) Members(ctx context.Context, room chat.RoomID, page chat.MemberPage) ([]chat.Member, error) {
	if !storable(page.After) {
		return nil, NoPlace()
	}
	return all(ctx, s.Core, s.sql.Members, []any{room, page.After, page.Limit}, func(r Scanner) (chat.Member, error) {
		var row UserRow
		var role chat.Role
		err := r.Scan(append(row.Dest(), (*string)(&role))...)
		return chat.Member{User: row.User(), Role: role}, err
	})
}

// MembershipRow receives MembershipColumns.
type MembershipRow struct {
	m        chat.Membership
	joinedAt int64
}

// NewMembershipRow is for a row of that room and user.
func NewMembershipRow(room chat.RoomID, user chat.UserID) *MembershipRow {
	return &MembershipRow{m: chat.Membership{Room: room, User: user}}
}

// Dest is where the row goes.
func (r *MembershipRow) Dest() []any {
	return []any{
		(*string)(&r.m.Role), &r.m.ReadSeq, &r.joinedAt, &r.m.Rev, &r.m.RoomRev, (*int64)(&r.m.Peer), &r.m.HiddenUntil, &r.m.Hidden, &r.m.Marked, (*string)(&r.m.Level),
	}
}

// Membership is what the row says.
func (r *MembershipRow) Membership() chat.Membership {
	r.m.JoinedAt = FromMillis(r.joinedAt)
	return r.m
}
