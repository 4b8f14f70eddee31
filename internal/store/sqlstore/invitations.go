package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"partychat/internal/chat"
)

type invitationStatements struct {
	InvitationByToken, LockInvitationByToken, InvitationByID, LockInvitation, LockInvitationForUser string
	InvitationsOfRoom, InvitationsToUser, PendingInvitations, InvitationsIn                         string
	LockMaker, InsertInvitation, UseInvitation                                                      string
	ForgetInvitations, ReplaceInvitation, DeleteInvitation                                          string
	DeleteInvitationsInto, DeleteInvitationsBy, DeleteInvitationsOf, DeleteFreeInvitationsOf        string
}

func (d Dialect) invitations() invitationStatements {
	const (
		alive     = ` AND (i.expires_at IS NULL OR i.expires_at > $2)`
		newest    = ` ORDER BY i.created_at DESC, i.id`
		returning = ` RETURNING id, coalesce(for_user, 0), uses` // for withdraw
	)
	from := `
SELECT i.id, coalesce(i.room, 0), ` + AuthorColumns + `, coalesce(i.for_user, 0), i.guests, i.uses,
    coalesce(i.max_uses, 0), i.created_at, i.expires_at, i.rev
FROM invitations i ` + d.Join + ` users u ON u.id = i.made_by
WHERE `
	byToken := from + `i.token_hash = $1` + alive
	// Rows are deleted in a fixed order, against deadlocks.
	deletion := func(where, lock string) string {
		return `
DELETE FROM invitations WHERE id IN (
    SELECT id FROM invitations WHERE ` + where + ` ORDER BY id` + lock + `)` + returning
	}
	inOrder := func(where string) string { return deletion(where, d.LockToDelete) }
	return invitationStatements{
		InvitationByToken: byToken,
		// Of several users who redeem it at the same moment, each waits for the previous.
		LockInvitationByToken: byToken + d.Lock("i"),
		InvitationByID:        from + `i.id = $1` + alive,
		LockInvitation:        from + `i.id = $1` + d.Lock("i"),
		LockInvitationForUser: from + `i.id = $1 AND i.for_user = $3` + alive + d.Lock("i"),

		InvitationsOfRoom: from + `i.room = $1` + alive + newest,
		InvitationsToUser: from + `i.room IS NULL AND i.made_by = $1` + alive + newest,
		PendingInvitations: from + `i.for_user = $1 AND i.uses = 0
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = i.room AND m."user" = $1)
    AND NOT EXISTS (SELECT 1 FROM room_bans b WHERE b.room = i.room AND b."user" = $1)` + alive + newest + ` LIMIT $3`,
		InvitationsIn: from + d.Any("i.id", "$1"),

		// A ban from the server waits, or has been made.
		LockMaker: `SELECT u.banned FROM users u WHERE u.id = $1` + d.Lock("u"),

		InsertInvitation: `
INSERT INTO invitations (id, token_hash, room, made_by, for_user, guests, max_uses, created_at, expires_at, named)
VALUES ($1, $2, nullif(CAST($3 AS bigint), 0), $4, nullif(CAST($5 AS bigint), 0), $6, nullif(CAST($7 AS bigint), 0), $8, $9, $10)`,

		UseInvitation: `UPDATE invitations SET uses = uses + 1 WHERE id = $1 AND (max_uses IS NULL OR uses < max_uses)`,

		ForgetInvitations: `DELETE FROM invitations WHERE expires_at <= $1`,

		ReplaceInvitation: `
DELETE FROM invitations
WHERE made_by = $1 AND for_user = $2 AND room IS NOT DISTINCT FROM nullif(CAST($3 AS bigint), 0)
    AND (max_uses IS NULL OR uses < max_uses)` + returning,

		DeleteInvitation: `DELETE FROM invitations WHERE id = $1` + returning,

		DeleteInvitationsInto:   inOrder(`room = $1 AND made_by = $2 AND NOT named`),
		DeleteInvitationsBy:     inOrder(`made_by = $1 AND NOT named`),
		DeleteInvitationsOf:     inOrder(`room = $1`),
		DeleteFreeInvitationsOf: deletion(`room = $1`, d.LockFree),
	}
}

// CreateInvitation is specified by chat.InvitationStore.
func (s invitationStore) CreateInvitation(
	ctx context.Context, act *chat.Act, i chat.NewInvitation,
) (made chat.Invitation, replaced []chat.InvitationGone, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if err := s.lockPair(tx, i); err != nil {
			return err
		}
		if _, err := s.allow(tx, act, object{target: i.ForUser}); err != nil {
			return err
		}
		// Users, invitations, the room: in the order that all transactions keep.
		if err := s.notBanned(tx, i.By.ID); err != nil {
			return err
		}
		withdrawn, err := s.insertInvitation(tx, i)
		if err != nil {
			return err
		}
		if err := s.isInside(tx, i.By.ID, i.Room); err != nil {
			return err
		}
		if replaced, err = s.streams.InvitationsGone(tx, withdrawn); err != nil {
			return err
		}
		if i.ForUser != 0 {
			if _, err := s.streams.InvitationMade(tx, i.ID, i.ForUser); err != nil {
				return err
			}
		}
		made, err = invitation(tx, s.sql.InvitationByID, i.ID, Millis(i.CreatedAt))
		return err
	})
	if err != nil {
		return chat.Invitation{}, nil, err
	}
	return made, replaced, nil
}

// lockPair makes the second of two invitations for the same user, by the same user
// and into the same room, see the first. Nobody waits for this lock while holding
// another one, so it comes first.
func (s invitationStore) lockPair(tx Tx, i chat.NewInvitation) error {
	if i.ForUser == 0 || s.dialect.LockPair == "" {
		return nil
	}
	_, err := tx.Exec(s.dialect.LockPair, fmt.Sprint(i.By.ID, i.ForUser, i.Room))
	return err
}

// insertInvitation replaces an earlier invitation for the same user. It returns those
// that it has replaced.
func (s invitationStore) insertInvitation(tx Tx, i chat.NewInvitation) (withdrawn []chat.InvitationGone, err error) {
	at := Millis(i.CreatedAt)
	if _, err := tx.Exec(s.sql.ForgetInvitations, at); err != nil {
		return nil, err
	}
	if i.ForUser != 0 {
		if withdrawn, err = withdraw(tx, s.sql.ReplaceInvitation, i.By.ID, i.ForUser, i.Room); err != nil {
			return nil, err
		}
	}
	var expires *int64
	if i.ExpiresAt != nil {
		ms := Millis(*i.ExpiresAt)
		expires = &ms
	}
	_, err = tx.Exec(s.sql.InsertInvitation,
		i.ID, i.TokenHash, i.Room, i.By.ID, i.ForUser, i.Guests, i.MaxUses, at, expires, i.Named)
	if s.dialect.IsForeignKey(err) {
		return nil, noInvitation() // its room or a user does not exist any more
	}
	return withdrawn, err
}

// withdraw runs a statement that deletes invitations. It returns those of them that
// were for one user and had not been used.
func withdraw(tx Tx, query string, args ...any) (gone []chat.InvitationGone, err error) {
	err = tx.Each(query, args, func(r Scanner) error {
		var g chat.InvitationGone
		var uses int64
		err := r.Scan((*int64)(&g.ID), (*int64)(&g.User), &uses)
		if g.User != 0 && uses == 0 {
			gone = append(gone, g)
		}
		return err
	})
	return gone, err
}

// notBanned fails if the user is banned from the server. Nobody can change that until
// the end of the transaction.
func (s invitationStore) notBanned(tx Tx, user chat.UserID) error {
	var banned bool
	found, err := tx.Row(s.sql.LockMaker, []any{user}, &banned)
	if err == nil && !found {
		return noInvitation()
	}
	if err == nil && banned {
		err = chat.ErrBannedFromServer()
	}
	return err
}

// isInside fails unless the user is a member of the room. Nobody can remove the user
// until the end of the transaction. Room 0 stands for conversations with the user.
func (s invitationStore) isInside(tx Tx, user chat.UserID, room chat.RoomID) error {
	if room == 0 {
		return nil
	}
	if _, err := s.lockRoom(tx, room); err != nil {
		return err
	}
	var member bool // behind the lock of the room, which removals take, too
	_, err := tx.Row(s.sql.IsMember, []any{room, user}, &member)
	if err == nil && !member {
		err = chat.ErrMayNotInvite()
	}
	var archived bool
	if err == nil {
		_, err = tx.Row(s.sql.RoomArchived, []any{room}, &archived)
	}
	if err == nil && archived {
		err = chat.ErrArchived()
	}
	return err
}

// InvitationByToken is specified by chat.InvitationStore.
func (s invitationStore) InvitationByToken(ctx context.Context, tokenHash string, now time.Time) (chat.Invitation, error) {
	var row invitationRow
	if err := s.one(ctx, s.sql.InvitationByToken, []any{tokenHash, Millis(now)}, noInvitation, row.dest()...); err != nil {
		return chat.Invitation{}, err
	}
	return row.invitation(), nil
}

// InvitationByID is specified by chat.InvitationStore.
func (s invitationStore) InvitationByID(ctx context.Context, id chat.InvitationID, now time.Time) (chat.Invitation, error) {
	var row invitationRow
	if err := s.one(ctx, s.sql.InvitationByID, []any{id, Millis(now)}, noInvitation, row.dest()...); err != nil {
		return chat.Invitation{}, err
	}
	return row.invitation(), nil
}

// InvitationsOfRoom is specified by chat.InvitationStore.
func (s invitationStore) InvitationsOfRoom(ctx context.Context, room chat.RoomID, now time.Time) ([]chat.Invitation, error) {
	return all(ctx, s.Core, s.sql.InvitationsOfRoom, []any{room, Millis(now)}, scanInvitation)
}

// InvitationsToUser is specified by chat.InvitationStore.
func (s invitationStore) InvitationsToUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Invitation, error) {
	return all(ctx, s.Core, s.sql.InvitationsToUser, []any{user, Millis(now)}, scanInvitation)
}

// PendingInvitations is specified by chat.InvitationStore.
func (s invitationStore) PendingInvitations(ctx context.Context, user chat.UserID, now time.Time, limit int) ([]chat.Invitation, error) {
	return all(ctx, s.Core, s.sql.PendingInvitations, []any{user, Millis(now), limit}, scanInvitation)
}

// DeleteInvitation is specified by chat.InvitationStore.
func (s invitationStore) DeleteInvitation(ctx context.Context, act *chat.Act, id chat.InvitationID) (gone []chat.InvitationGone, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{invitation: id}); err != nil {
			return err
		}
		withdrawn, err := withdraw(tx, s.sql.DeleteInvitation, id)
		if err == nil {
			gone, err = s.streams.InvitationsGone(tx, withdrawn)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}

// invitation reads an invitation as the transaction sees it.
func invitation(tx Tx, query string, args ...any) (chat.Invitation, error) {
	var row invitationRow
	found, err := tx.Row(query, args, row.dest()...)
	if err == nil && !found {
		err = noInvitation()
	}
	if err != nil {
		return chat.Invitation{}, err
	}
	return row.invitation(), nil
}

// invitationRow receives an invitation.
type invitationRow struct {
	i         chat.Invitation
	createdAt int64
	expiresAt *int64
}

func (r *invitationRow) dest() []any {
	return slices.Concat([]any{(*int64)(&r.i.ID), (*int64)(&r.i.Room)}, AuthorDest(&r.i.By), []any{
		(*int64)(&r.i.ForUser), &r.i.Guests, &r.i.Uses, &r.i.MaxUses, &r.createdAt, &r.expiresAt, &r.i.Rev,
	})
}

func (r *invitationRow) invitation() chat.Invitation {
	r.i.CreatedAt = FromMillis(r.createdAt)
	if r.expiresAt != nil {
		at := FromMillis(*r.expiresAt)
		r.i.ExpiresAt = &at
	}
	return r.i
}

func scanInvitation(r Scanner) (chat.Invitation, error) {
	var row invitationRow
	err := r.Scan(row.dest()...)
	return row.invitation(), err
}
