package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"partychat/internal/chat"
)

const (
	selectInvitation = `
SELECT i.id, ifnull(i.room, 0), u.id, u.username, u.kind, ifnull(i.for_user, 0), i.guests, i.uses,
    ifnull(i.max_uses, 0), i.created_at, i.expires_at, i.rev
FROM invitations i CROSS JOIN users u ON u.id = i.made_by
WHERE `

	alive = ` AND (i.expires_at IS NULL OR i.expires_at > `

	sqlInvitationByToken = selectInvitation + `i.token_hash = ?1` + alive + `?2)`

	sqlInvitation = selectInvitation + `i.id = ?1`

	sqlInvitationByID = selectInvitation + `i.id = ?1` + alive + `?2)`

	sqlInvitationsOfRoom = selectInvitation + `i.room = ?1` + alive + `?2) ORDER BY i.created_at DESC, i.id`

	sqlInvitationsToUser = selectInvitation + `i.room IS NULL AND i.made_by = ?1` + alive + `?2) ORDER BY i.created_at DESC, i.id`

	sqlInvitationForUser = selectInvitation + `i.id = ?1 AND i.for_user = ?3` + alive + `?2)`

	sqlPendingInvitations = selectInvitation + `i.for_user = ?1 AND i.uses = 0
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = i.room AND m.user = ?1)
    AND NOT EXISTS (SELECT 1 FROM room_bans b WHERE b.room = i.room AND b.user = ?1)` + alive + `?2)
ORDER BY i.created_at DESC, i.id LIMIT ?3`

	sqlInsertInvitation = `
INSERT INTO invitations (id, token_hash, room, made_by, for_user, guests, max_uses, created_at, expires_at, named)
VALUES (?1, ?2, nullif(?3, 0), ?4, nullif(?5, 0), ?6, nullif(?7, 0), ?8, ?9, ?10)`

	sqlReplaceInvitation = `
DELETE FROM invitations
WHERE made_by = ?1 AND for_user = ?2 AND room IS nullif(?3, 0) AND (max_uses IS NULL OR uses < max_uses)` + returnWithdrawn

	returnWithdrawn = ` RETURNING id, ifnull(for_user, 0), uses`

	// Of the links that a user has made into a room, those for other users.
	sqlWithdrawInto = `
DELETE FROM invitations WHERE room = ?1 AND made_by = ?2 AND named = 0 AND for_user IS NOT NULL` + returnWithdrawn

	sqlMaker = `SELECT banned FROM users WHERE id = ?1`

	sqlIsMember = `SELECT EXISTS (SELECT 1 FROM memberships WHERE room = ?1 AND user = ?2)`

	sqlForgetInvitations = `DELETE FROM invitations WHERE expires_at <= ?1`

	sqlUseInvitation = `
UPDATE invitations SET uses = uses + 1 WHERE id = ?1 AND (max_uses IS NULL OR uses < max_uses)`

	sqlDeleteInvitation = `DELETE FROM invitations WHERE id = ?1` + returnWithdrawn
)

// CreateInvitation is specified by chat.InvitationStore.
func (s invitationStore) CreateInvitation(
	ctx context.Context, act *chat.Act, i chat.NewInvitation,
) (made chat.Invitation, replaced []chat.InvitationGone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{room: i.Room, target: i.ForUser}); err != nil {
			return err
		}
		at := millis(i.CreatedAt)
		if _, err := tx.exec(sqlForgetInvitations, at); err != nil {
			return err
		}
		if i.ForUser != 0 {
			gone, err := withdraw(tx, sqlReplaceInvitation, i.By.ID, i.ForUser, i.Room)
			if err != nil {
				return err
			}
			if replaced, err = s.streams.InvitationsGone(tx, gone); err != nil {
				return err
			}
		}
		var expires any
		if i.ExpiresAt != nil {
			expires = millis(*i.ExpiresAt)
		}
		_, err := tx.exec(sqlInsertInvitation,
			i.ID, i.TokenHash, i.Room, i.By.ID, i.ForUser, i.Guests, i.MaxUses, at, expires, i.Named)
		if isForeignKey(err) {
			return noInvitation() // its room or a user has gone
		}
		if err != nil {
			return err
		}
		if err := mayInvite(tx, i.By.ID, i.Room); err != nil {
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

// withdraw runs a statement that deletes invitations, and gives those of them that
// were for one user alone and had not been used.
func withdraw(tx *tx, query string, args ...any) (gone []chat.InvitationGone, err error) {
	err = tx.each(query, args, func(r scanner) error {
		var g chat.InvitationGone
		var uses int
		err := r.Scan(&g.ID, &g.User, &uses)
		if g.User != 0 && uses == 0 {
			gone = append(gone, g)
		}
		return err
	})
	return gone, err
}

// mayInvite gives an error unless the user may make links into the room, or for 0
// into conversations.
func mayInvite(tx *tx, user chat.UserID, room chat.RoomID) error {
	var banned bool
	if err := tx.row(sqlMaker, []any{user}, &banned); err != nil {
		return err
	}
	if banned {
		return chat.ErrBannedFromServer()
	}
	if room == 0 {
		return nil
	}
	var member bool
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
	if errors.Is(err, sql.ErrNoRows) {
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
	list := []chat.Invitation{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		var row invitationRow
		err := r.Scan(row.dest()...)
		list = append(list, row.invitation())
		return err
	})
	return list, err
}

// DeleteInvitation is specified by chat.InvitationStore.
func (s invitationStore) DeleteInvitation(ctx context.Context, act *chat.Act, id chat.InvitationID) (gone []chat.InvitationGone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{invitation: id}); err != nil {
			return err
		}
		deleted, err := withdraw(tx, sqlDeleteInvitation, id)
		if err == nil {
			gone, err = s.streams.InvitationsGone(tx, deleted)
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
		i, err = invitation(tx, sqlInvitationForUser, r.ID, millis(r.At), user)
	} else {
		i, err = invitation(tx, sqlInvitationByToken, r.TokenHash, millis(r.At))
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
		if errors.Is(err, sql.ErrNoRows) {
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
		_, err := s.subscribe(tx, room, user, chat.RoleMember, r.At)
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
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Invitation{}, noInvitation()
	}
	return row.invitation(), err
}

func noInvitation() error {
	return chat.ErrorIn("invitation", chat.CodeNotFound, "This invitation is no longer valid.")
}

// invitationRow receives what selectInvitation gives.
type invitationRow struct {
	i         chat.Invitation
	createdAt int64
	expiresAt sql.NullInt64
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
