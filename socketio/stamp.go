package socketio

import (
	"strconv"
	"strings"
)

// stamp numbers the packets that one process sends in a namespace. All processes identify packets by
// their stamps, so that a client can come back to any of them.
type stamp struct {
	origin string // of one process and namespace, without dots
	seq    uint64 // starts at 1, without gaps
}

// String returns the form that parseStamp parses, or "" for nil.
func (s *stamp) String() string {
	if s == nil {
		return ""
	}
	return s.origin + "." + strconv.FormatUint(s.seq, 36)
}

// parseStamp returns nil for invalid input.
func parseStamp(text string) *stamp {
	origin, number, ok := strings.Cut(text, ".")
	seq, err := strconv.ParseUint(number, 36, 64)
	if !ok || err != nil || origin == "" || seq == 0 {
		return nil
	}
	return &stamp{origin, seq}
}
