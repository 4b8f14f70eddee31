package sqlite

import (
	"context"
	"time"

	"partychat/internal/chat"
)

const (
	sqlPing = `SELECT id FROM rooms WHERE id = 1`

	// A session that has long expired, and is gone before anyone can see it. It
	// is large, so that there must be room for more than a few bytes.
	sqlProbe     = `INSERT INTO sessions (id, data, created_at, expires_at) VALUES ('probe', zeroblob(65536), 0, 0)`
	sqlProbeGone = `DELETE FROM sessions WHERE id = 'probe'`

	// probeTimeout is how long Ping waits to write.
	probeTimeout = 2 * time.Second
)

// Ping is specified by chat.Store. It reads a row. While writes have been
// failing it also tries one, since nobody else may do so: who asks whether the
// server is ready sends it nothing until it is.
func (s *core) Ping(ctx context.Context) error {
	var id chat.RoomID
	if err := s.readRow(ctx, sqlPing, nil, &id); err != nil {
		return err
	}
	if !s.writer.failing.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return s.write(ctx, func(tx *tx) error {
		if _, err := tx.exec(sqlProbe); err != nil {
			return err
		}
		_, err := tx.exec(sqlProbeGone)
		return err
	})
}
