package transfer

import (
	"context"
	"fmt"
	"time"

	"partychat/internal/chat"
)

// Sessions calls put for each session.
func Sessions(ctx context.Context, from Reader, put func(chat.Session) error) error {
	columns := []string{"id", "user", "data", "created_at", "expires_at", "seen_at", "device"}
	for after := []any(nil); ; {
		rows, err := from.Rows(ctx, "sessions", columns, 1, after, batch)
		if err != nil {
			return fmt.Errorf("read the sessions: %w", err)
		}
		for _, row := range rows {
			if err := put(sessionOf(row)); err != nil {
				return err
			}
		}
		if len(rows) < batch {
			return nil
		}
		after = rows[len(rows)-1][:1]
	}
}

// sessionOf converts a row to a session; NULL becomes the zero value.
func sessionOf(row []any) (s chat.Session) {
	s.ID, _ = row[0].(string)
	user, _ := row[1].(int64)
	s.User = chat.UserID(user)
	s.Data, _ = row[2].([]byte)
	created, _ := row[3].(int64)
	expires, _ := row[4].(int64)
	s.CreatedAt, s.ExpiresAt = time.UnixMilli(created).UTC(), time.UnixMilli(expires).UTC()
	if seen, _ := row[5].(int64); seen != 0 {
		s.SeenAt = time.UnixMilli(seen).UTC()
	}
	s.Device, _ = row[6].(string)
	return s
}
