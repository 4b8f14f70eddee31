package sqlite

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// The trigger membership_stamped moves the head of the user's stream.
const sqlMoveRead = `
UPDATE memberships SET read_seq = min($3, (SELECT seq FROM rooms WHERE id = $1)),
    rev = ifnull((SELECT rev FROM user_heads WHERE user = $2), 0) + 1
WHERE room = $1 AND user = $2 AND read_seq < min($3, (SELECT seq FROM rooms WHERE id = $1)) AND marked_rev <= $4
RETURNING role, read_seq, joined_at, rev, room_rev, ifnull(peer, 0), hidden_until,
    hidden_until > (SELECT seq FROM rooms WHERE id = $1), marked_rev, level` // sqlstore.MembershipColumns; RETURNING knows no alias

// positionStore is the part that caches memberships and moves read positions.
type positionStore struct {
	*core
	shared sqlstore.Store
}

// Membership is specified by chat.MembershipStore.
func (s positionStore) Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error) {
	m, known, commits := s.members.find(position{room, user})
	if known {
		return m, translate(ctx.Err())
	}
	m, err := s.shared.Membership(ctx, room, user)
	if err == nil {
		s.members.keep(m, commits)
	}
	return m, err
}

// MoveRead is specified by chat.ReadingStore.
func (s positionStore) MoveRead(
	ctx context.Context, _ *chat.Act, room chat.RoomID, user chat.UserID, seq, marked int64,
) (m chat.Membership, moved bool, err error) {
	m, err = s.Membership(ctx, room, user)
	if err != nil || m.ReadSeq >= seq || m.Marked > marked {
		return m, false, err // the usual repetition costs no write
	}
	row := sqlstore.NewMembershipRow(room, user)
	err = s.do(ctx, &write{single: true, only: &position{room, user}, run: func(tx *tx) error {
		found, err := tx.Row(sqlMoveRead, []any{room, user, seq, marked}, row.Dest()...)
		if moved = found; err != nil || found {
			return err
		}
		found, err = tx.Row(statements.Membership, []any{room, user}, row.Dest()...)
		if err == nil && !found {
			err = sqlstore.NoMember()
		}
		return err
	}})
	if err != nil {
		return chat.Membership{}, false, err
	}
	return row.Membership(), moved, nil
}
