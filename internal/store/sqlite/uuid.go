package sqlite

import (
	"encoding/hex"
	"strings"

	"partychat/internal/chat"
)

// parseUUID gives the 16 bytes of a UUID in its usual form.
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
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
