package sqlite

import (
	"encoding/hex"
	"strings"

	"partychat/internal/chat"
)

// parseUUID returns the 16 bytes of a UUID in its usual form.
func parseUUID(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 || len(s) != 36 {
		return nil, chat.ErrorIn("clientId", chat.CodeInvalid, "The clientId must be a UUID.")
	}
	return b, nil
}

// formatUUID undoes parseUUID, in lower case.
func formatUUID(b []byte) string {
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
