package postgres

import (
	"context"
	"crypto/rand"
	"time"

	"partychat/internal/chat"
)

const (
	sqlPing = `SELECT id FROM rooms WHERE id = 1`

	// An expired session, which is deleted before anyone can see it. It is large,
	// so that the write fails if the disk is almost full.
	sqlProbe = `
INSERT INTO sessions (id, data, created_at, expires_at) VALUES ($1, decode(repeat('00', 65536), 'hex'), 0, 0)`

	// pingTimeout is how long Ping waits for its read and for its write.
	pingTimeout = 2 * time.Second
)

// Ping is specified by chat.Store. It reads a row. While writes fail, it also tries
// one, because nobody else may: load balancers send no requests to a server that
// isn't ready.
func (s *core) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	var id chat.RoomID
	if err := s.readRow(ctx, sqlPing, (*int64)(&id)); err != nil {
		return err
	}
	if !s.writes.failing.Load() {
		return nil
	}
	name := "probe " + rand.Text()
	return s.write(ctx, func(tx *tx) error {
		if _, err := tx.Exec(sqlProbe, name); err != nil {
			return err
		}
		_, err := tx.Exec(statements.DeleteSession, name)
		return err
	})
}
