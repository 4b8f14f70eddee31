package postgres

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// The membership is locked before the head of its user's stream, which takes the next
// rev only if the position moves.
const sqlMoveRead = `
WITH here AS (
    SELECT m.room, m."user", least($3, r.seq) AS seq FROM memberships m JOIN rooms r ON r.id = m.room
    WHERE m.room = $1 AND m."user" = $2 AND m.read_seq < least($3, r.seq) AND m.marked_rev <= $4 FOR NO KEY UPDATE OF m
), taken AS (
    INSERT INTO user_heads AS h ("user", rev) SELECT "user", 1 FROM here
    ON CONFLICT ("user") DO UPDATE SET rev = h.rev + 1
    RETURNING rev
)
UPDATE memberships m SET read_seq = here.seq, rev = taken.rev FROM here, taken
WHERE m.room = here.room AND m."user" = here."user"`

// positionStore is the part that moves read positions.
type positionStore struct {
	*core
	shared sqlstore.Store
}

// MoveRead is specified by chat.ReadingStore.
func (s positionStore) MoveRead(
	ctx context.Context, _ *chat.Act, room chat.RoomID, user chat.UserID, seq, marked int64,
) (m chat.Membership, moved bool, err error) {
	m, err = s.shared.Membership(ctx, room, user)
	if err != nil || m.ReadSeq >= seq || m.Marked > marked {
		return m, false, err // the usual repetition costs no write
	}
	n, err := s.writeOne(ctx, sqlMoveRead, room, user, seq, marked)
	if err != nil {
		return chat.Membership{}, false, err
	}
	m, err = s.shared.Membership(ctx, room, user)
	return m, n > 0, err
}
