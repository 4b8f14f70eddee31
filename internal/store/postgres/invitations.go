package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"partychat/internal/chat"
)

const (
	selectInvitation = `
SELECT i.id, coalesce(i.room, 0), u.id, u.username, u.kind, coalesce(i.for_user, 0), i.guests, i.uses,
    coalesce(i.max_uses, 0), i.created_at, i.expires_at, i.rev
FROM invitations i JOIN users u ON u.id = i.made_by
WHERE `

	alive = ` AND (i.expires_at IS NULL OR i.expires_at > $2)`

	sqlInvitationByToken = selectInvitation + `i.token_hash = $1` + alive

	// Of those who redeem it at the same moment each waits for the one before.
	sqlLockInvitation = sqlInvitationByToken + ` FOR NO KEY UPDATE OF i`

	sqlInvitationByID = selectInvitation + `i.id = $1` + alive

	sqlInvitationsOfRoom = selectInvitation + `i.room = $1` + alive + ` ORDER BY i.created_at DESC, i.id`

	sqlInvitationsToUser = selectInvitation + `i.room IS NULL AND i.made_by = $1` + alive + ` ORDER BY i.created_at DESC, i.id`

	sqlLockInvitationForUser = selectInvitation + `i.id = $1 AND i.for_user = $3` + alive + ` FOR NO KEY UPDATE OF i`

	sqlPendingInvitations = selectInvitation + `i.for_user = $1 AND i.uses = 0
    AND NOT EXISTS (SELECT FROM memberships m WHERE m.room = i.room AND m."user" = $1)
    AND NOT EXISTS (SELECT FROM room_bans b WHERE b.room = i.room AND b."user" = $1)` + alive + `
ORDER BY i.created_at DESC, i.id LIMIT $3`

	sqlInsertInvitation = `
INSERT INTO invitations (id, token_hash, room, made_by, for_user, guests, max_uses, created_at, expires_at, named)
VALUES ($1, $2, nullif($3::bigint, 0), $4, nullif($5::bigint, 0), $6, nullif($7::bigint, 0), $8, $9, $10)`

	// Whoever bans them from the server waits, or has done it.
	sqlReplaceInvitation = `
DELETE FROM invitations
WHERE made_by = $1 AND for_user = $2 AND room IS NOT DISTINCT FROM nullif($3::bigint, 0) AND (max_uses IS NULL OR uses < max_uses)` + returnWithdrawn

	returnWithdrawn = ` RETURNING id, coalesce(for_user, 0), uses`

	// Nobody else waits for this lock while holding another one: it comes first.
	sqlLockPair = `SELECT pg_advisory_xact_lock(hashtextextended('invitation ' || $1::text, 0))`

	sqlLockMaker = `SELECT banned FROM users WHERE id = $1 FOR SHARE`

	sqlIsMember = `SELECT EXISTS (SELECT FROM memberships WHERE room = $1 AND "user" = $2)`

	sqlForgetInvitations = `DELETE FROM invitations WHERE expires_at <= $1`

	sqlUseInvitation = `
UPDATE invitations SET uses = uses + 1 WHERE id = $1 AND (max_uses IS NULL OR uses < max_uses)`

	sqlDeleteInvitation = `DELETE FROM invitations WHERE id = $1` + returnWithdrawn
)

// CreateInvitation is specified by chat.InvitationStore.
func (s invitationStore) CreateInvitation(ctx context.Context, act *chat.Act, i chat.NewInvitation) (made chat.Invitation, replaced []chat.InvitationGone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if i.ForUser != 0 { // of two at once, the second sees the first
			if _, err := tx.exec(sqlLockPair, fmt.Sprint(i.By.ID, i.ForUser, i.Room)); err != nil {
				return err
			}
		}
		if err := allow(tx, act, object{target: i.ForUser}); err != nil {
			return err
		}
		// Users, invitations, the room: in the order in which all take them.
		if err := notBanned(tx, i.By.ID); err != nil {
			return err
		}
		at := millis(i.CreatedAt)
		if _, err := tx.exec(sqlForgetInvitations, at); err != nil {
			return err
		}
		if i.ForUser != 0 {
			if err := tx.withdraw(sqlReplaceInvitation, i.By.ID, i.ForUser, i.Room); err != nil {
				return err
			}
		}
		var expires *int64
		if i.ExpiresAt != nil {
			ms := millis(*i.ExpiresAt)
			expires = &ms
		}
		_, err := tx.exec(sqlInsertInvitation,
			i.ID, i.TokenHash, i.Room, i.By.ID, i.ForUser, i.Guests, i.MaxUses, at, expires, i.Named)
		if isForeignKey(err) {
			return noInvitation() // its room or a user has gone
		}
		if err != nil {
			return err
		}
		if err := isInside(tx, i.By.ID, i.Room); err != nil {
			return err
		}
		if replaced, err = s.streams.InvitationsGone(tx, tx.withdrawn); err != nil {
			return err
		}
		if i.ForUser != 0 {
			if _, err := s.streams.InvitationMade(tx, i.ID, i.ForUser); err != nil {
				return err
			}
		}
		made, err = invitation(tx, sqlInvitationByID, i.ID, at)
		return err
	})
	if err != nil {
		return chat.Invitation{}, nil, err
	}
	return made, replaced, nil
}

// notBanned gives an error if the user is banned from the server, and lets nobody
// change that until the end of the transaction.
func notBanned(tx *tx, user chat.UserID) error {
	var banned bool
	err := tx.row(sqlLockMaker, []any{user}, &banned)
	if errors.Is(err, pgx.ErrNoRows) {
		return noInvitation()
	}
	if err == nil && banned {
		err = chat.ErrBannedFromServer()
	}
	return err
}

// isInside gives an error unless the user is a member of the room, and lets nobody
// put the user out until the end of the transaction. Everybody is inside of 0,
// which stands for the conversations with the user.
func isInside(tx *tx, user chat.UserID, room chat.RoomID) error {
	if room == 0 {
		return nil
	}
	if _, err := lockRoom(tx, room); err != nil {
		return err
	}
	var member bool // behind the lock of the room, which whoever puts out takes, too
	err := tx.row(sqlIsMember, []any{room, user}, &member)
	if err == nil && !member {
		err = chat.ErrMayNotInvite()
	}
	return err
}

// InvitationByToken is specified by chat.InvitationStore.
func (s invitationStore) InvitationByToken(ctx context.Context, tokenHash string, now time.Time) (chat.Invitation, error) {
	return s.invitation(ctx, sqlInvitationByToken, tokenHash, now)
}

// InvitationByID is specified by chat.InvitationStore.
func (s invitationStore) InvitationByID(ctx context.Context, id chat.InvitationID, now time.Time) (chat.Invitation, error) {
	return s.invitation(ctx, sqlInvitationByID, id, now)
}

func (s invitationStore) invitation(ctx context.Context, query string, key any, now time.Time) (chat.Invitation, error) {
	var row invitationRow
	err := s.readRow(ctx, query, []any{key, millis(now)}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Invitation{}, noInvitation()
	}
	return row.invitation(), err
}

// InvitationsOfRoom is specified by chat.InvitationStore.
func (s invitationStore) InvitationsOfRoom(ctx context.Context, room chat.RoomID, now time.Time) ([]chat.Invitation, error) {
	return s.invitations(ctx, sqlInvitationsOfRoom, room, millis(now))
}

// InvitationsToUser is specified by chat.InvitationStore.
func (s invitationStore) InvitationsToUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Invitation, error) {
	return s.invitations(ctx, sqlInvitationsToUser, user, millis(now))
}

// PendingInvitations is specified by chat.InvitationStore.
func (s invitationStore) PendingInvitations(ctx context.Context, user chat.UserID, now time.Time, limit int) ([]chat.Invitation, error) {
	return s.invitations(ctx, sqlPendingInvitations, user, millis(now), limit)
}

func (s invitationStore) invitations(ctx context.Context, query string, args ...any) ([]chat.Invitation, error) {
	return readAll(ctx, s.core, query, args, func(r pgx.Rows) (chat.Invitation, error) {
		var row invitationRow
		err := r.Scan(row.dest()...)
		return row.invitation(), err
	})
}

// DeleteInvitation is specified by chat.InvitationStore.
func (s invitationStore) DeleteInvitation(ctx context.Context, act *chat.Act, id chat.InvitationID) (gone []chat.InvitationGone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{invitation: id}); err != nil {
			return err
		}
		err := tx.withdraw(sqlDeleteInvitation, id)
		if err == nil {
			gone, err = s.streams.InvitationsGone(tx, tx.withdrawn)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return gone, nil
}

// Redeem is specified by chat.InvitationStore.
func (s invitationStore) Redeem(
	ctx context.Context, act *chat.Act, user chat.UserID, r chat.Redemption,
) (sub chat.Subscription, created bool, used []chat.InvitationGone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		err := allow(tx, act, object{})
		if err != nil {
			return err
		}
		sub, created, used, err = s.redeem(tx, user, r)
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, nil, err
	}
	return sub, created, used, nil
}

// redeem is Redeem as a part of a transaction.
func (s *core) redeem(
	tx *tx, user chat.UserID, r chat.Redemption,
) (sub chat.Subscription, created bool, used []chat.InvitationGone, err error) {
	var i chat.Invitation
	if r.ID != 0 {
		i, err = invitation(tx, sqlLockInvitationForUser, r.ID, millis(r.At), user)
	} else {
		i, err = invitation(tx, sqlLockInvitation, r.TokenHash, millis(r.At))
	}
	if err == nil && (i.ForUser != 0 && i.ForUser != user || i.Room == 0 && i.By.ID == user) {
		err = noInvitation()
	}
	if err != nil {
		return chat.Subscription{}, false, nil, err
	}
	room := i.Room
	if room == 0 {
		err = tx.row(sqlConversation, []any{user, i.By.ID}, &room)
		if errors.Is(err, pgx.ErrNoRows) {
			room, err = r.Room, nil
		}
		if err != nil {
			return chat.Subscription{}, false, nil, err
		}
	}
	sub, err = subscription(tx, room, user)
	if chat.CodeOf(err) != chat.CodeNotFound {
		return sub, false, nil, err
	}
	n, err := tx.exec(sqlUseInvitation, i.ID)
	if err == nil && n == 0 {
		err = noInvitation()
	}
	if err == nil {
		err = s.letIn(tx, user, i, room, r)
	}
	if err == nil && i.ForUser != 0 && i.Uses == 0 {
		used, err = s.streams.InvitationsGone(tx, []chat.InvitationGone{{User: user, ID: i.ID}})
	}
	if err != nil {
		return chat.Subscription{}, false, nil, err
	}
	sub, err = subscription(tx, room, user)
	return sub, true, used, err
}

// letIn makes the user a member, who was none a moment ago.
func (s *core) letIn(tx *tx, user chat.UserID, i chat.Invitation, room chat.RoomID, r chat.Redemption) error {
	if i.Room != 0 {
		added, err := s.subscribe(tx, room, user, chat.RoleMember, millis(r.At))
		if err == nil && !added {
			return errAgain // by another way; no use is taken then
		}
		return err
	}
	opening := chat.NewConversation{Room: room, By: user, With: i.By.ID, CreatedAt: r.At}
	if _, _, err := s.openConversation(tx, opening); err != nil {
		return err
	}
	return s.show(tx, room, i.By.ID) // whoever made the link is to see that it was followed
}

func invitation(tx *tx, query string, args ...any) (chat.Invitation, error) {
	var row invitationRow
	err := tx.row(query, args, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Invitation{}, noInvitation()
	}
	return row.invitation(), err
}

// invitationRow receives what selectInvitation gives.
type invitationRow struct {
	i         chat.Invitation
	createdAt int64
	expiresAt pgtype.Int8
}

func (r *invitationRow) dest() []any {
	return []any{
		&r.i.ID, &r.i.Room, &r.i.By.ID, &r.i.By.Username, &r.i.By.Kind, &r.i.ForUser, &r.i.Guests, &r.i.Uses,
		&r.i.MaxUses, &r.createdAt, &r.expiresAt, &r.i.Rev,
	}
}

func (r *invitationRow) invitation() chat.Invitation {
	r.i.CreatedAt = fromMillis(r.createdAt)
	if r.expiresAt.Valid {
		at := fromMillis(r.expiresAt.Int64)
		r.i.ExpiresAt = &at
	}
	return r.i
}
