package postgres

import (
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
)

// millis is the database's form of times.
func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// millisOrZero is millis, or 0 for an unknown time.
func millisOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

func fromMillisOrZero(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

// parseUUID reads a UUID in its usual form.
func parseUUID(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return uuid.UUID{}, chat.ErrorIn("clientId", chat.CodeInvalid, "The clientId must be a UUID.")
	}
	return id, nil
}
