package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	// Nobody can ban them from the server, or change who they are otherwise, until
	// the end of the transaction. Always in the same order, against deadlocks; and
	// not shared, since whoever waits for a lock that others share, as a ban does,
	// waits for as long as ever more of them come.
	sqlLockUsers = `SELECT ` + userColumns + ` FROM users u WHERE u.id = ANY ($1) ORDER BY u.id FOR NO KEY UPDATE`

	sqlLockRoomRow = `SELECT ` + roomColumns + ` FROM rooms r WHERE r.id = $1 FOR NO KEY UPDATE`

	sqlMembershipsOf = `
SELECT m."user", ` + membershipColumns + ` FROM memberships m WHERE m.room = $1 AND m."user" = ANY ($2)`

	sqlLockInvitationRow = selectInvitation + `i.id = $1 FOR NO KEY UPDATE OF i`
)

// object is what an act is done to; what is zero is not concerned.
type object struct {
	room       chat.RoomID
	message    int64 // its seq
	target     chat.UserID
	links      bool              // the target's links into the room, which are deleted
	invitation chat.InvitationID // its room is the one concerned
}

// allow asks whether the act is allowed. It locks what it reads, in the order in
// which all take it: users, invitations, the room.
func allow(tx *tx, act *chat.Act, on object) error {
	asks := act != nil && act.May != nil
	var a chat.Access
	if asks {
		if err := accessOf(tx, act.By, on, &a); err != nil {
			return err
		}
	}
	if on.links {
		if err := tx.withdraw(sqlDeleteInvitationsInto, on.room, on.target); err != nil {
			return err
		}
	}
	if !asks {
		return nil
	}
	if on.invitation != 0 {
		i, err := invitation(tx, sqlLockInvitationRow, on.invitation)
		if err == nil {
			a.Invitation, on.room = &i, i.Room
		} else if chat.CodeOf(err) != chat.CodeNotFound {
			return err
		}
	}
	if on.room != 0 {
		if err := accessIn(tx, act.By, on, &a); err != nil {
			return err
		}
	}
	return act.May(a)
}

// accessOf locks and reads the two users.
func accessOf(tx *tx, by chat.UserID, on object, a *chat.Access) error {
	return tx.each(sqlLockUsers, []any{[]chat.UserID{by, on.target}}, func(r pgx.Rows) error {
		var row userRow
		err := r.Scan(row.dest()...)
		if user := row.user(); user.ID == by {
			a.By = user
		}
		if user := row.user(); user.ID == on.target {
			a.Target = user
		}
		return err
	})
}

// accessIn locks the room and reads what the two are in it.
func accessIn(tx *tx, by chat.UserID, on object, a *chat.Access) error {
	var room roomRow
	err := tx.row(sqlLockRoomRow, []any{on.room}, room.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	a.Room = room.room()
	err = tx.each(sqlMembershipsOf, []any{on.room, []chat.UserID{by, on.target}}, func(r pgx.Rows) error {
		row := membershipRow{m: chat.Membership{Room: on.room}}
		err := r.Scan(append([]any{&row.m.User}, row.dest()...)...)
		m := row.membership()
		if m.User == by {
			a.Membership = &m
		}
		if m.User == on.target {
			a.Targets = &m
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := tx.row(sqlIsBanned, []any{on.room, by}, &a.Banned); err != nil || on.message == 0 {
		return err
	}
	var row messageRow
	err = tx.row(sqlMessage, []any{on.room, on.message}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	message := row.message(on.room)
	a.Message = &message
	return err
}
