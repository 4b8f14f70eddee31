package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

type streamStatements struct {
	ListHeads, ChangedOfUser, UserOfSession, UserRevs string
}

func (d Dialect) userStreams() streamStatements {
	return streamStatements{
		// A user, the head and the floor of the stream, and a row for each room in the
		// list; a row of zeros if there is none.
		ListHeads: `
SELECT ` + UserColumns + `, coalesce(h.rev, 0), coalesce(h.floor, 0),
    coalesce(c.room, 0), coalesce(c.room_rev, 0), coalesce(c.rev, 0), coalesce(c.peer, 0)
FROM users u LEFT JOIN user_heads h ON h."user" = u.id
LEFT JOIN (
    SELECT m.room, r.rev AS room_rev, m.rev, m.peer FROM memberships m JOIN rooms r ON r.id = m.room
    WHERE m."user" = $1 AND m.hidden_until <= r.seq) c ON true
WHERE u.id = $1`,

		// The head and the floor of a user's stream, and a row for each thing that has
		// changed after a rev, at most so many. A row without a kind says that nothing has.
		ChangedOfUser: `
SELECT coalesce(h.rev, 0), coalesce(h.floor, 0), coalesce(c.kind, ''), coalesce(c.subject, ''), coalesce(c.gone, 0),
    coalesce(c.rev, 0), coalesce(c.reason, '')
FROM users u LEFT JOIN user_heads h ON h."user" = u.id
LEFT JOIN (
    SELECT 'room' AS kind, CAST(m.room AS text) AS subject, 0 AS gone, m.rev AS rev, '' AS reason
    FROM memberships m JOIN rooms r ON r.id = m.room
    WHERE m."user" = $1 AND m.rev > $2 AND m.hidden_until <= r.seq
    UNION ALL
    SELECT 'invitation', CAST(i.id AS text), 0, i.rev, '' FROM invitations i
    WHERE i.for_user = $1 AND i.for_user IS NOT NULL AND i.rev > $2 AND i.uses = 0
    UNION ALL
    SELECT 'account', '', 0, a.account_rev, '' FROM user_heads a WHERE a."user" = $1 AND a.account_rev > $2
    UNION ALL
    SELECT l.kind, l.subject, 1, l.rev, l.reason FROM user_log l WHERE l."user" = $1 AND l.rev > $2) c ON true
WHERE u.id = $1 ORDER BY c.rev LIMIT $3`,

		// A user, the head of the user's stream, and whether the end of the session is
		// on it.
		UserOfSession: `
SELECT ` + UserColumns + `, coalesce(h.rev, 0),
    EXISTS (SELECT 1 FROM user_log l WHERE l."user" = u.id AND l.kind = 'session' AND l.subject = $2)
FROM users u LEFT JOIN user_heads h ON h."user" = u.id WHERE u.id = $1`,

		UserRevs: `SELECT "user", rev FROM user_heads WHERE ` + d.Any(`"user"`, "$1"),
	}
}

// ListHeads is specified by chat.StreamStore.
func (s streamStore) ListHeads(ctx context.Context, user chat.UserID) (head chat.UserHead, err error) {
	var row UserRow
	err = s.db.Read(ctx, func(q Queries) error {
		head, row = chat.UserHead{Rooms: []chat.ListHead{}}, UserRow{}
		var room chat.ListHead
		dest := append(row.Dest(), &head.Rev, &head.Floor,
			(*int64)(&room.Room), &room.RoomRev, &room.Rev, (*int64)(&room.Peer))
		return q.Each(s.sql.ListHeads, []any{user}, func(r Scanner) error {
			if err := r.Scan(dest...); err != nil {
				return err
			}
			if room.Room != 0 {
				head.Rooms = append(head.Rooms, room)
			}
			return nil
		})
	})
	if err == nil && !row.Found() {
		err = NoUser()
	}
	if err != nil {
		return chat.UserHead{}, err
	}
	head.User = row.User()
	return head, nil
}

// UserRevs is specified by chat.StreamStore.
func (s streamStore) UserRevs(ctx context.Context, users []chat.UserID) ([]chat.UserRev, error) {
	return allOf(ctx, s.Core, s.sql.UserRevs, users, func(r Scanner) (rev chat.UserRev, err error) {
		err = r.Scan((*int64)(&rev.User), &rev.Rev)
		return rev, err
	})
}

// UserChanges is specified by chat.StreamStore.
func (s streamStore) UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error) {
	there := false
	var changed listing
	err := s.db.Read(ctx, func(q Queries) error {
		changed, there = listing{}, false
		return q.Each(s.sql.ChangedOfUser, []any{user, since, limit + 1}, func(r Scanner) error {
			there = true
			return changed.scan(r)
		})
	})
	if err == nil && !there {
		err = NoUser()
	}
	if err != nil {
		return chat.UserChanges{}, err
	}
	return changed.changes(ctx, s.Core, user, since, limit, bytes)
}

// EndSession is specified by chat.StreamStore.
func (s streamStore) EndSession(
	ctx context.Context, user chat.UserID, session string, reason chat.EndReason,
) (rev int64, err error) {
	err = s.db.WriteBeside(ctx, func(tx Tx) (err error) {
		if rev, err = s.streams.SessionEnded(tx, user, session, reason); err != nil {
			if s.dialect.IsForeignKey(err) {
				return NoUser()
			}
			return err
		}
		_, err = tx.Exec(s.sql.DeleteSession, session)
		return err
	})
	if err != nil {
		return 0, err
	}
	return rev, nil
}

// UserOfSession is specified by chat.StreamStore.
func (s streamStore) UserOfSession(ctx context.Context, id chat.UserID, session string) (user chat.User, rev int64, err error) {
	var row UserRow
	var ended bool
	found, err := s.row(ctx, s.sql.UserOfSession, []any{id, session}, append(row.Dest(), &rev, &ended)...)
	if err == nil && (!found || ended) {
		err = NoUser()
	}
	if err != nil {
		return chat.User{}, 0, err
	}
	return row.User(), rev, nil
}
