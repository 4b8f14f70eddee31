package sqlite

import (
	"database/sql"
	"errors"

	"partychat/internal/chat"
)

// object is what an act changes; zero fields don't concern it.
type object struct {
	room       chat.RoomID
	message    int64 // its seq
	target     chat.UserID
	invitation chat.InvitationID // its room is used
}

// allow checks whether the act is allowed. Only the writer writes, so that what it
// reads stays valid until the end of the transaction.
func allow(tx *tx, act *chat.Act, on object) error {
	if act == nil || act.May == nil {
		return nil
	}
	var a chat.Access
	if on.invitation != 0 {
		i, err := invitation(tx, sqlInvitation, on.invitation)
		if err == nil {
			a.Invitation, on.room = &i, i.Room
		} else if chat.CodeOf(err) != chat.CodeNotFound {
			return err
		}
	}
	var by, target userRow
	var room roomRow
	var message messageRow
	for _, part := range []struct {
		concerned bool
		query     string
		args      []any
		dest      []any
	}{
		{true, sqlUserByID, []any{act.By}, by.dest()},
		{on.target != 0, sqlUserByID, []any{on.target}, target.dest()},
		{on.room != 0, sqlRoomByID, []any{on.room}, room.dest()},
		{on.room != 0, sqlIsBanned, []any{on.room, act.By}, []any{&a.Banned}},
		{on.message != 0, sqlMessage, []any{on.room, on.message}, message.dest()},
	} {
		if !part.concerned {
			continue
		}
		if err := tx.row(part.query, part.args, part.dest...); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if by.there() {
		a.By = by.user()
	}
	if target.there() {
		a.Target = target.user()
	}
	if room.there() {
		a.Room = room.room()
	}
	if message.there() {
		m := message.message(on.room)
		a.Message = &m
	}
	var err error
	if a.Membership, err = membershipIn(tx, on.room, act.By); err != nil {
		return err
	}
	if a.Targets, err = membershipIn(tx, on.room, on.target); err != nil {
		return err
	}
	return act.May(a)
}

// membershipIn returns a membership as the transaction sees it, or nil.
func membershipIn(tx *tx, room chat.RoomID, user chat.UserID) (*chat.Membership, error) {
	if room == 0 || user == 0 {
		return nil, nil
	}
	row := membershipRow{m: chat.Membership{Room: room, User: user}}
	err := tx.row(sqlMembership, []any{room, user}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	m := row.membership()
	return &m, err
}
