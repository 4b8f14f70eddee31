package sqlstore

import (
	"encoding/hex"
	"strings"
	"time"

	"partychat/internal/chat"
)

// Millis is the form of times in databases.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// FromMillis undoes Millis.
func FromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// MillisOrZero is Millis, or 0 for an unknown time.
func MillisOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return Millis(t)
}

func fromMillisOrZero(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return FromMillis(ms)
}

// millisOrNull is MillisOrZero of a time that may not be given.
func millisOrNull(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	ms := MillisOrZero(*t)
	return &ms
}

// ParseUUID returns the 16 bytes of a UUID in its usual form.
func ParseUUID(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 || len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return nil, chat.ErrorIn("clientId", chat.CodeInvalid, "The clientId must be a UUID.")
	}
	return b, nil
}

// FormatUUID undoes ParseUUID, in lower case.
func FormatUUID(b []byte) string {
	if len(b) != 16 {
		return ""
	}
	var s [36]byte
	hex.Encode(s[:8], b[:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:], b[10:])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}
