package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	sqlUserRevs = `SELECT "user", rev FROM user_heads WHERE "user" = ANY ($1)`

	sqlInvitationsIn = selectInvitation + `i.id = ANY ($1)`
)

var sqlSubscriptionsIn = selectSubscription +
	`m."user" = $1 AND m.room = ANY ($2) AND m.hidden_until <= r.seq` + inOrder

// ListHeads is specified by chat.StreamStore.
func (s streamStore) ListHeads(ctx context.Context, user chat.UserID) (head chat.UserHead, err error) {
	var row userRow
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		head, row = chat.UserHead{Rooms: []chat.ListHead{}}, userRow{}
		var room chat.ListHead
		dest := append(row.dest(), &head.Rev, &head.Floor, &room.Room, &room.RoomRev, &room.Rev, &room.Peer)
		return queryEach(ctx, conn, sqlstore.ListHeads, []any{user}, func(r pgx.Rows) error {
			if err := r.Scan(dest...); err != nil {
				return err
			}
			if room.Room != 0 {
				head.Rooms = append(head.Rooms, room)
			}
			return nil
		})
	})
	if err == nil && row.u.ID == 0 {
		err = noUser()
	}
	if err != nil {
		return chat.UserHead{}, err
	}
	head.User = row.user()
	return head, nil
}

// UserRevs is specified by chat.StreamStore.
func (s streamStore) UserRevs(ctx context.Context, users []chat.UserID) ([]chat.UserRev, error) {
	if len(users) == 0 {
		return []chat.UserRev{}, nil
	}
	return readAll(ctx, s.core, sqlUserRevs, []any{users}, func(r pgx.Rows) (rev chat.UserRev, err error) {
		return rev, r.Scan(&rev.User, &rev.Rev)
	})
}

// UserChanges is specified by chat.StreamStore.
func (s streamStore) UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error) {
	there := false
	var listing sqlstore.Listing
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		listing, there = sqlstore.Listing{}, false
		return queryEach(ctx, conn, sqlstore.ChangedOfUser, []any{user, since, limit + 1}, func(r pgx.Rows) error {
			there = true
			return listing.Scan(r)
		})
	})
	if err == nil && !there {
		err = noUser()
	}
	if err != nil {
		return chat.UserChanges{}, err
	}
	return listing.Changes(ctx, stateReader(s), user, since, limit, bytes)
}

// SubscriptionsIn is specified by chat.StreamStore.
func (s streamStore) SubscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error) {
	if len(rooms) == 0 {
		return []chat.Subscription{}, nil
	}
	return s.subscriptions(ctx, user, sqlSubscriptionsIn, user, rooms)
}

// EndSession is specified by chat.StreamStore.
func (s streamStore) EndSession(
	ctx context.Context, user chat.UserID, session string, reason chat.EndReason,
) (rev int64, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if rev, err = s.streams.SessionEnded(tx, user, session, reason); err != nil {
			if isForeignKey(err) {
				return noUser()
			}
			return err
		}
		_, err = tx.exec(sqlDeleteSession, session)
		return err
	})
	if err != nil {
		return 0, err
	}
	return rev, nil
}

// UserOfSession is specified by chat.StreamStore.
func (s streamStore) UserOfSession(ctx context.Context, id chat.UserID, session string) (chat.User, error) {
	var row userRow
	var ended bool
	err := s.readRow(ctx, sqlstore.UserOfSession, []any{id, session}, append(row.dest(), &ended)...)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && ended {
		return chat.User{}, noUser()
	}
	return row.user(), err
}

// stateReader reads the present state of things.
type stateReader streamStore

// UserByID is specified by sqlstore.Reader.
func (s stateReader) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	return userStore(s).UserByID(ctx, id)
}

// RoomsByID is specified by sqlstore.Reader.
func (s stateReader) RoomsByID(ctx context.Context, ids []chat.RoomID) ([]chat.Room, error) {
	return roomStore(s).RoomsByID(ctx, ids)
}

// SubscriptionsIn is specified by sqlstore.Reader.
func (s stateReader) SubscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error) {
	return streamStore(s).SubscriptionsIn(ctx, user, rooms)
}

// InvitationsIn is specified by sqlstore.Reader.
func (s stateReader) InvitationsIn(ctx context.Context, ids []chat.InvitationID) ([]chat.Invitation, error) {
	return invitationStore(s).invitations(ctx, sqlInvitationsIn, ids)
}
