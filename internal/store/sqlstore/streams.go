package sqlstore

import (
	"slices"
	"strconv"

	"partychat/internal/chat"
)

// DefaultLogMax is how many ends of things the log of a stream has unless something
// else is asked for.
const DefaultLogMax = 1000

// Streams gives revs to the changes on the streams of rooms and users. What exists has
// its rev in its own row; what has ended has a row in the log of its stream, so that
// consecutive changes of one thing share one row. The heads of users are locked last,
// in the order of their ids.
type Streams struct {
	// LogMax is how many rows the log of a stream keeps. Beyond it, the oldest are
	// removed, and the floor of the stream moves to the last of them.
	LogMax int
}

// The kinds of things in the log of a user.
const (
	kindRoom       = "room"
	kindInvitation = "invitation"
	kindSession    = "session"
	kindBookmark   = "bookmark"
	kindThread     = "thread"   // never in the log
	kindAccount    = "account"  // never in the log
	kindSettings   = "settings" // never in the log
)

const (
	takeUserRev = `
INSERT INTO user_heads ("user", rev) VALUES ($1, 1)
ON CONFLICT ("user") DO UPDATE SET rev = user_heads.rev + 1
RETURNING rev`

	takeAccountRev = `
INSERT INTO user_heads ("user", rev, account_rev) VALUES ($1, 1, 1)
ON CONFLICT ("user") DO UPDATE SET rev = user_heads.rev + 1, account_rev = user_heads.rev + 1
RETURNING rev`

	lockHead = `
INSERT INTO user_heads ("user", rev) VALUES ($1, 0)
ON CONFLICT ("user") DO UPDATE SET rev = user_heads.rev`

	accountRev = `SELECT account_rev FROM user_heads WHERE "user" = $1`

	takeRoomRev = `UPDATE rooms SET rev = rev + 1 WHERE id = $1 RETURNING rev`

	stampMember = `UPDATE memberships SET rev = $3, room_rev = $4 WHERE room = $1 AND "user" = $2`

	stampShown = `UPDATE memberships SET rev = $3 WHERE room = $1 AND "user" = $2`

	stampInvitation = `UPDATE invitations SET rev = $2 WHERE id = $1`

	logInRoom = `
INSERT INTO room_log (room, "user", rev, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (room, "user") DO UPDATE SET rev = excluded.rev, reason = excluded.reason`

	unlogInRoom = `DELETE FROM room_log WHERE room = $1 AND "user" = $2`

	loggedInRoom = `SELECT rev, reason FROM room_log WHERE room = $1 AND "user" = $2`

	logOfUser = `
INSERT INTO user_log ("user", kind, subject, rev, reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ("user", kind, subject) DO UPDATE SET rev = excluded.rev, reason = excluded.reason`

	// Of two at the same moment, one waits and then adds nothing.
	logOnce = `
INSERT INTO user_log ("user", kind, subject, rev, reason) VALUES ($1, $2, $3, 0, $4)
ON CONFLICT ("user", kind, subject) DO NOTHING`

	stampLog = `UPDATE user_log SET rev = $4 WHERE "user" = $1 AND kind = $2 AND subject = $3`

	unlogOfUser = `DELETE FROM user_log WHERE "user" = $1 AND kind = $2 AND subject = $3`

	loggedOfUser = `SELECT rev, reason FROM user_log WHERE "user" = $1 AND kind = $2 AND subject = $3`

	beyondInRoom = `SELECT rev FROM room_log WHERE room = $1 ORDER BY rev DESC LIMIT 1 OFFSET $2`

	trimRoom = `DELETE FROM room_log WHERE room = $1 AND rev <= $2`

	raiseRoomFloor = `UPDATE rooms SET floor = $2 WHERE id = $1`

	beyondOfUser = `SELECT rev FROM user_log WHERE "user" = $1 ORDER BY rev DESC LIMIT 1 OFFSET $2`

	trimUser = `DELETE FROM user_log WHERE "user" = $1 AND rev <= $2`

	raiseUserFloor = `UPDATE user_heads SET floor = $2 WHERE "user" = $1`
)

// take gives the next rev of a stream.
func take(tx Tx, query string, id any) (rev int64, err error) {
	_, err = tx.Row(query, []any{id}, &rev)
	return rev, err
}

// lock takes the heads of several users, in the order in which all do.
func lock(tx Tx, users []chat.UserID) error {
	users = slices.Compact(slices.Sorted(slices.Values(users)))
	if len(users) < 2 {
		return nil // taking its rev locks it
	}
	for _, user := range users {
		if _, err := tx.Exec(lockHead, user); err != nil {
			return err
		}
	}
	return nil
}

func subject[ID ~int64](id ID) string { return strconv.FormatInt(int64(id), 10) }

// MemberCame follows a membership that is new. It is on the room's stream unless
// the room itself is new, or a conversation.
func (s Streams) MemberCame(tx Tx, room chat.RoomID, user chat.UserID, onRoom bool) error {
	var roomRev int64
	var err error
	if onRoom {
		if roomRev, err = take(tx, takeRoomRev, room); err != nil {
			return err
		}
		if _, err := tx.Exec(unlogInRoom, room, user); err != nil {
			return err
		}
	}
	rev, err := take(tx, takeUserRev, user)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(stampMember, room, user, rev, roomRev); err != nil {
		return err
	}
	_, err = tx.Exec(unlogOfUser, user, kindRoom, subject(room))
	return err
}

// RoleChanged records that a member has another role in a room.
func (s Streams) RoleChanged(tx Tx, room chat.RoomID, user chat.UserID) error {
	roomRev, err := take(tx, takeRoomRev, room)
	if err != nil {
		return err
	}
	rev, err := take(tx, takeUserRev, user)
	if err != nil {
		return err
	}
	_, err = tx.Exec(stampMember, room, user, rev, roomRev)
	return err
}

// RoomDeleted records that a room has left the lists of its members, and the end of
// invitations into it.
func (s Streams) RoomDeleted(
	tx Tx, room chat.RoomID, members []chat.UserID, withdrawn []chat.InvitationGone,
) (gone []chat.SubscriptionGone, ended []chat.InvitationGone, err error) {
	if err := lock(tx, append(receivers(withdrawn), members...)); err != nil {
		return nil, nil, err
	}
	for _, user := range members {
		rev, err := s.logRoom(tx, room, user, chat.GoneDeleted)
		if err != nil {
			return nil, nil, err
		}
		gone = append(gone, chat.SubscriptionGone{User: user, Rev: rev, Room: room, Reason: chat.GoneDeleted})
	}
	ended, err = s.withdraw(tx, withdrawn)
	return gone, ended, err
}

// MemberGone records the end of a membership, or the ban of a user without one, and the
// end of the user's invitations.
func (s Streams) MemberGone(
	tx Tx, room chat.RoomID, user chat.UserID, reason chat.GoneReason, withdrawn []chat.InvitationGone,
) (gone chat.Gone, err error) {
	gone.Reason = reason
	if gone.RoomRev, err = take(tx, takeRoomRev, room); err != nil {
		return chat.Gone{}, err
	}
	if _, err := tx.Exec(logInRoom, room, user, gone.RoomRev, reason); err != nil {
		return chat.Gone{}, err
	}
	if err := s.trim(tx, room, beyondInRoom, trimRoom, raiseRoomFloor); err != nil {
		return chat.Gone{}, err
	}
	if err := lock(tx, append(receivers(withdrawn), user)); err != nil {
		return chat.Gone{}, err
	}
	if gone.Rev, err = s.logRoom(tx, room, user, reason); err != nil {
		return chat.Gone{}, err
	}
	gone.Withdrawn, err = s.withdraw(tx, withdrawn)
	return gone, err
}

// NotMember returns the revs at which a membership that does not exist has last ended.
func (s Streams) NotMember(tx Tx, room chat.RoomID, user chat.UserID) (gone chat.Gone, err error) {
	if _, err := tx.Row(loggedInRoom, []any{room, user}, &gone.RoomRev, &gone.Reason); err != nil {
		return chat.Gone{}, err
	}
	_, err = tx.Row(loggedOfUser, []any{user, kindRoom, subject(room)}, &gone.Rev, &gone.Reason)
	return gone, err
}

// logRoom records on a user's stream that a room has left the list.
func (s Streams) logRoom(tx Tx, room chat.RoomID, user chat.UserID, reason chat.GoneReason) (rev int64, err error) {
	if rev, err = take(tx, takeUserRev, user); err != nil {
		return 0, err
	}
	return rev, s.log(tx, user, kindRoom, subject(room), rev, string(reason))
}

// log adds a row to the log of a user, or moves the one of the same thing.
func (s Streams) log(tx Tx, user chat.UserID, kind, subject string, rev int64, reason string) error {
	if _, err := tx.Exec(logOfUser, user, kind, subject, rev, reason); err != nil {
		return err
	}
	return s.trim(tx, user, beyondOfUser, trimUser, raiseUserFloor)
}

// trim keeps a log within its bound.
func (s Streams) trim(tx Tx, id any, beyond, remove, raise string) error {
	var rev int64
	found, err := tx.Row(beyond, []any{id, s.LogMax}, &rev)
	if err != nil || !found {
		return err
	}
	if _, err := tx.Exec(remove, id, rev); err != nil {
		return err
	}
	_, err = tx.Exec(raise, id, rev)
	return err
}

// Shown records that a conversation has returned to the user's list.
func (s Streams) Shown(tx Tx, room chat.RoomID, user chat.UserID) error {
	rev, err := take(tx, takeUserRev, user)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(stampShown, room, user, rev); err != nil {
		return err
	}
	_, err = tx.Exec(unlogOfUser, user, kindRoom, subject(room))
	return err
}

// LockHeads locks the streams of several users until the end of the transaction. A
// transaction that gives revs to more than one user calls it first.
func (s Streams) LockHeads(tx Tx, users ...chat.UserID) error { return lock(tx, users) }

// Hidden records that a conversation has left the user's list.
func (s Streams) Hidden(tx Tx, room chat.RoomID, user chat.UserID) (chat.Gone, error) {
	rev, err := s.logRoom(tx, room, user, chat.GoneLeft)
	return chat.Gone{Removed: true, Rev: rev, Reason: chat.GoneLeft}, err
}

// InvitationMade follows an invitation for the user alone.
func (s Streams) InvitationMade(tx Tx, id chat.InvitationID, user chat.UserID) (rev int64, err error) {
	if rev, err = take(tx, takeUserRev, user); err != nil {
		return 0, err
	}
	_, err = tx.Exec(stampInvitation, id, rev)
	return rev, err
}

// InvitationsGone follows invitations, each for a user alone, that have been used
// or withdrawn. Their revs are set.
func (s Streams) InvitationsGone(tx Tx, gone []chat.InvitationGone) ([]chat.InvitationGone, error) {
	if err := lock(tx, receivers(gone)); err != nil {
		return nil, err
	}
	return s.withdraw(tx, gone)
}

// withdraw is InvitationsGone behind the locks.
func (s Streams) withdraw(tx Tx, gone []chat.InvitationGone) ([]chat.InvitationGone, error) {
	for i, g := range gone {
		rev, err := take(tx, takeUserRev, g.User)
		if err != nil {
			return nil, err
		}
		if err := s.log(tx, g.User, kindInvitation, subject(g.ID), rev, ""); err != nil {
			return nil, err
		}
		gone[i].Rev = rev
	}
	return gone, nil
}

func receivers(gone []chat.InvitationGone) (users []chat.UserID) {
	for _, g := range gone {
		users = append(users, g.User)
	}
	return users
}

// AccountChanged follows a change of what the user is on the whole server. The
// invitations have ended with it.
func (s Streams) AccountChanged(
	tx Tx, user chat.UserID, withdrawn []chat.InvitationGone,
) (rev int64, gone []chat.InvitationGone, err error) {
	if err := lock(tx, append(receivers(withdrawn), user)); err != nil {
		return 0, nil, err
	}
	if rev, err = take(tx, takeAccountRev, user); err != nil {
		return 0, nil, err
	}
	gone, err = s.withdraw(tx, withdrawn)
	return rev, gone, err
}

// AccountRev gives the rev of the last change of the account.
func (s Streams) AccountRev(tx Tx, user chat.UserID) (rev int64, err error) {
	_, err = tx.Row(accountRev, []any{user}, &rev)
	return rev, err
}

// SessionEnded puts the end of a session on the user's stream, once.
func (s Streams) SessionEnded(tx Tx, user chat.UserID, session string, reason chat.EndReason) (rev int64, err error) {
	added, err := tx.Exec(logOnce, user, kindSession, session, reason)
	if err != nil {
		return 0, err
	}
	if added == 0 {
		_, err = tx.Row(loggedOfUser, []any{user, kindSession, session}, &rev, new(string))
		return rev, err
	}
	if rev, err = take(tx, takeUserRev, user); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(stampLog, user, kindSession, session, rev); err != nil {
		return 0, err
	}
	return rev, s.trim(tx, user, beyondOfUser, trimUser, raiseUserFloor)
}
