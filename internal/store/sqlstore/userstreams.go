package sqlstore

import (
	"bytes"
	"context"
	"slices"

	"partychat/internal/chat"
)

type streamStatements struct {
	Epoch, ListHeads, ChangedOfUser, UserOfSession, SessionEnd, UserRevs string
}

func (d Dialect) userStreams() streamStatements {
	return streamStatements{
		Epoch: `SELECT name FROM epoch WHERE id = 1`,

		// A user, the head and the floor of the stream, and the rooms in the list: three
		// numbers for each (parseListHeads) in one text, because a row for each would cost
		// several times as much. Only hidden conversations need a look at the room.
		ListHeads: `
SELECT ` + UserColumns + `, coalesce(h.rev, 0), coalesce(h.floor, 0), ` + settingsColumns + `, coalesce((
    SELECT ` + d.Joined(`m.room || ' ' || m.room_rev || ' ' || coalesce(m.peer, 0)`) + `
    FROM memberships m
    WHERE m."user" = $1 AND (m.hidden_until = 0 OR m.hidden_until <= (SELECT r.seq FROM rooms r WHERE r.id = m.room))), '')
FROM users u LEFT JOIN user_heads h ON h."user" = u.id LEFT JOIN settings s ON s."user" = u.id
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
    SELECT 'settings', '', 0, s.rev, '' FROM settings s WHERE s."user" = $1 AND s.rev > $2
    UNION ALL
    SELECT 'thread', f.room || '/' || f.root, 0, f.rev, f.follows || ' ' || f.read_seq FROM thread_follows f WHERE f."user" = $1 AND f.rev > $2
    UNION ALL
    SELECT 'bookmark', b.room || '/' || b.seq, 0, b.rev, '' FROM bookmarks b WHERE b."user" = $1 AND b.rev > $2
    UNION ALL
    SELECT l.kind, l.subject, 1, l.rev, l.reason FROM user_log l WHERE l."user" = $1 AND l.rev > $2) c ON true
WHERE u.id = $1 ORDER BY c.rev LIMIT $3`,

		// A user, the head of the user's stream, and whether the end of the session is
		// on it.
		UserOfSession: `
SELECT ` + UserColumns + `, coalesce(h.rev, 0),
    EXISTS (SELECT 1 FROM user_log l WHERE l."user" = u.id AND l.kind = 'session' AND l.subject = $2)
FROM users u LEFT JOIN user_heads h ON h."user" = u.id WHERE u.id = $1`,

		SessionEnd: `SELECT reason FROM user_log WHERE subject = $1 AND kind = 'session'`,

		UserRevs: `SELECT "user", rev FROM user_heads WHERE ` + d.Any(`"user"`, "$1"),
	}
}

// Epoch is specified by chat.StreamStore.
func (s streamStore) Epoch(ctx context.Context) (epoch string, err error) {
	_, err = s.row(ctx, s.sql.Epoch, nil, &epoch)
	return epoch, err
}

// ListHeads is specified by chat.StreamStore.
func (s streamStore) ListHeads(ctx context.Context, user chat.UserID) (head chat.UserHead, err error) {
	var row UserRow
	var settings settingsRow
	var rooms []byte
	dest := slices.Concat(row.Dest(), []any{&head.Rev, &head.Floor}, settings.dest(), []any{&rooms})
	found, err := s.row(ctx, s.sql.ListHeads, []any{user}, dest...)
	if err == nil && !found {
		err = NoUser()
	}
	if err != nil {
		return chat.UserHead{}, err
	}
	head.User, head.Settings, head.Rooms = row.User(), settings.settings(), parseListHeads(rooms)
	return head, nil
}

// parseListHeads reads the rooms of ListHeads: room, rev of the membership and peer (0:
// none), separated by spaces.
func parseListHeads(text []byte) []chat.ListHead {
	heads := make([]chat.ListHead, 0, (bytes.Count(text, []byte{' '})+1)/3)
	for len(text) > 0 {
		var numbers [3]int64
		for i := range numbers {
			var digits []byte
			digits, text, _ = bytes.Cut(text, []byte{' '})
			numbers[i] = parseNumber(digits)
		}
		heads = append(heads, chat.ListHead{
			Room: chat.RoomID(numbers[0]), Rev: numbers[1], Peer: chat.UserID(numbers[2]),
		})
	}
	return heads
}

// parseNumber reads a decimal number that the database has written; none is negative.
func parseNumber(digits []byte) (n int64) {
	for _, digit := range digits {
		n = n*10 + int64(digit-'0')
	}
	return n
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
		if _, err := tx.Exec(s.sql.EndPushSubscriptions, session); err != nil {
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

// SessionEnd is specified by chat.StreamStore.
func (s streamStore) SessionEnd(ctx context.Context, session string) (reason chat.EndReason, err error) {
	_, err = s.row(ctx, s.sql.SessionEnd, []any{session}, (*string)(&reason))
	return reason, err
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
