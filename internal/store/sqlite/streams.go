package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	sqlUserRevs = `SELECT user, rev FROM user_heads WHERE user IN (SELECT value FROM json_each(?1))`

	sqlInvitationsIn = selectInvitation + `i.id IN (SELECT value FROM json_each(?1))`
)

var sqlSubscriptionsIn = selectSubscription +
	`m.user = ?1 AND m.room IN (SELECT value FROM json_each(?2)) AND m.hidden_until <= r.seq` + inOrder

// Row is specified by sqlstore.Tx.
func (t *tx) Row(query string, args []any, dest ...any) (found bool, err error) {
	err = t.row(query, args, dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each is specified by sqlstore.Tx.
func (t *tx) Each(query string, args []any, scan func(sqlstore.Scanner) error) error {
	return t.each(query, args, func(r scanner) error { return scan(r) })
}

// Exec is specified by sqlstore.Tx.
func (t *tx) Exec(query string, args ...any) (changed int64, err error) {
	return t.exec(query, args...)
}

// ListHeads is specified by chat.StreamStore.
func (s streamStore) ListHeads(ctx context.Context, user chat.UserID) (head chat.UserHead, err error) {
	head.Rooms = []chat.ListHead{}
	var row userRow
	var room chat.ListHead
	dest := append(row.dest(), &head.Rev, &head.Floor,
		(*int64)(&room.Room), &room.RoomRev, &room.Rev, (*int64)(&room.Peer))
	err = s.readEach(ctx, sqlstore.ListHeads, []any{user}, func(r scanner) error {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		if room.Room != 0 {
			head.Rooms = append(head.Rooms, room)
		}
		return nil
	})
	if err == nil && !row.there() {
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
	list, err := json.Marshal(users)
	if err != nil {
		return nil, err
	}
	revs := make([]chat.UserRev, 0, len(users))
	err = s.readEach(ctx, sqlUserRevs, []any{string(list)}, func(r scanner) error {
		var rev chat.UserRev
		err := r.Scan(&rev.User, &rev.Rev)
		revs = append(revs, rev)
		return err
	})
	return revs, err
}

// UserChanges is specified by chat.StreamStore.
func (s streamStore) UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error) {
	there := false
	var listing sqlstore.Listing
	err := s.readEach(ctx, sqlstore.ChangedOfUser, []any{user, since, limit + 1}, func(r scanner) error {
		there = true
		return listing.Scan(r)
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
	list, err := json.Marshal(rooms)
	if err != nil {
		return nil, err
	}
	return s.subscriptions(ctx, user, sqlSubscriptionsIn, user, string(list))
}

// EndSession is specified by chat.StreamStore.
func (s streamStore) EndSession(
	ctx context.Context, user chat.UserID, session string, reason chat.EndReason,
) (rev int64, err error) {
	run := func(tx *tx) error {
		if rev, err = s.streams.SessionEnded(tx, user, session, reason); err != nil {
			if isForeignKey(err) {
				return noUser()
			}
			return err
		}
		_, err = tx.exec(sqlDeleteSession, session)
		return err
	}
	// It changes no room, membership or user.
	err = translate(s.writer.do(ctx, &write{run: run, spares: true, done: make(chan struct{})}))
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
	if errors.Is(err, sql.ErrNoRows) || err == nil && ended {
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
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return invitationStore(s).invitations(ctx, sqlInvitationsIn, string(list))
}
