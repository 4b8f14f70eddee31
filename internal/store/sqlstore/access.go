package sqlstore

import "partychat/internal/chat"

// object is what an act changes; zero fields don't concern it.
type object struct {
	room       chat.RoomID
	message    int64 // its seq
	target     chat.UserID
	links      bool              // the target's links into the room, which are deleted
	invitation chat.InvitationID // its room is used
}

// allow checks whether the act is allowed. It locks what it reads, in the order that
// all transactions keep: users, invitations, the room. It withdraws the links that
// object.links asks for, even for an act that needs no permission, and returns those
// that were invitations for one user.
func (c *Core) allow(tx Tx, act *chat.Act, on object) (withdrawn []chat.InvitationGone, err error) {
	asks := act != nil && act.May != nil
	var a chat.Access
	if asks {
		if err := c.accessOf(tx, act.By, on, &a); err != nil {
			return nil, err
		}
	}
	if on.links {
		if withdrawn, err = withdraw(tx, c.sql.DeleteInvitationsInto, on.room, on.target); err != nil {
			return nil, err
		}
	}
	if !asks {
		return withdrawn, nil
	}
	if on.invitation != 0 {
		i, err := invitation(tx, c.sql.LockInvitation, on.invitation)
		if err == nil {
			a.Invitation, on.room = &i, i.Room
		} else if chat.CodeOf(err) != chat.CodeNotFound {
			return nil, err
		}
	}
	if on.room != 0 {
		if err := c.accessIn(tx, act.By, on, &a); err != nil {
			return nil, err
		}
	}
	return withdrawn, act.May(a)
}

// accessOf locks and reads the two users.
func (c *Core) accessOf(tx Tx, by chat.UserID, on object, a *chat.Access) error {
	both, err := c.dialect.List([]chat.UserID{by, on.target})
	if err != nil {
		return err
	}
	return tx.Each(c.sql.LockUsers, []any{both}, func(r Scanner) error {
		user, err := scanUser(r)
		if user.ID == by {
			a.By = user
		}
		if user.ID == on.target {
			a.Target = user
		}
		return err
	})
}

// accessIn locks the room, and reads what the two users are in it.
func (c *Core) accessIn(tx Tx, by chat.UserID, on object, a *chat.Access) error {
	var room RoomRow
	found, err := tx.Row(c.sql.LockRoom, []any{on.room}, room.Dest()...)
	if err != nil || !found {
		return err
	}
	a.Room = room.Room()
	both, err := c.dialect.List([]chat.UserID{by, on.target})
	if err != nil {
		return err
	}
	err = tx.Each(c.sql.MembershipsOf, []any{on.room, both}, func(r Scanner) error {
		row := NewMembershipRow(on.room, 0)
		err := r.Scan(append([]any{(*int64)(&row.m.User)}, row.Dest()...)...)
		m := row.Membership()
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
	if _, err := tx.Row(c.sql.IsBanned, []any{on.room, by}, &a.Banned); err != nil || on.message == 0 {
		return err
	}
	var row MessageRow
	found, err = tx.Row(c.sql.Message, []any{on.room, on.message}, row.Dest()...)
	if err != nil || !found {
		return err
	}
	message := row.Message(on.room)
	a.Message = &message
	return nil
}
