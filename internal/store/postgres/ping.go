package postgres

import (
	"context"
	"crypto/rand"
	"time"

	"partychat/internal/chat"
)

const (
	sqlPing = `SELECT id FROM rooms WHERE id = 1`

	// A session that has long expired, and is gone before anyone can see it. It
	// is large, so that there must be room for more than a few bytes.
	sqlProbe = `
INSERT INTO sessions (id, data, created_at, expires_at) VALUES ($1, decode(repeat('00', 65536), 'hex'), 0, 0)`

	// pingTimeout is how long Ping waits for either.
	pingTimeout = 2 * time.Second
)

// Ping is specified by chat.Store. It reads a row. While writes have been failing
// it also tries one, since nobody else may do so: who asks whether the server is
// ready sends it nothing until it is.
func (s *core) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	var id chat.RoomID
	if err := s.readRow(ctx, sqlPing, nil, &id); err != nil {
		return err
	}
	if !s.writes.failing.Load() {
		return nil
	}
	name := "probe " + rand.Text()
	return s.write(ctx, func(tx *tx) error {
		if _, err := tx.exec(sqlProbe, name); err != nil {
			return err
		}
		_, err := tx.exec(sqlDeleteSession, name)
		return err
	})
}
