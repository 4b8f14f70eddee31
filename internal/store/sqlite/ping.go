package sqlite

import (
	"context"
	"time"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	sqlPing = `SELECT id FROM rooms WHERE id = 1`

	// An expired session, which is deleted before anyone can see it. It is large,
	// so that the write fails if the disk is almost full.
	sqlProbe     = `INSERT INTO sessions (id, data, created_at, expires_at) VALUES ('probe', zeroblob(65536), 0, 0)`
	sqlProbeGone = `DELETE FROM sessions WHERE id = 'probe'`

	// probeTimeout is how long Ping waits for its write.
	probeTimeout = 2 * time.Second
)

// Ping is specified by chat.Store. It reads a row. While writes fail, it also tries
// one, because nobody else may: load balancers send no requests to a server that
// isn't ready.
func (s *core) Ping(ctx context.Context) error {
	var id chat.RoomID
	err := database{s}.Read(ctx, func(q sqlstore.Queries) error {
		_, err := q.Row(sqlPing, nil, (*int64)(&id))
		return err
	})
	if err != nil {
		return err
	}
	if !s.writer.failing.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return s.write(ctx, func(tx *tx) error {
		if _, err := tx.Exec(sqlProbe); err != nil {
			return err
		}
		_, err := tx.Exec(sqlProbeGone)
		return err
	})
}
