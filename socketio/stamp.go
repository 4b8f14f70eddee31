package socketio

import (
	"strconv"
	"strings"
)

// stamp numbers the packets that one process sends in a namespace. All processes identify packets by
// their stamps, so that a client can come back to any of them.
type stamp struct {
	origin string // of one process and namespace; see isOrigin
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
	if !ok || err != nil || !isOrigin(origin) || seq == 0 {
		return nil
	}
	return &stamp{origin, seq}
}

// maxOrigin limits the length of an origin, in bytes.
const maxOrigin = 64

// isOrigin reports whether a text can be an origin, such as the result of newID. Origins of other
// processes become part of every offset, so they must be short and contain no separator.
func isOrigin(text string) bool {
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '-', c == '_':
		default:
			return false
		}
	}
	return text != "" && len(text) <= maxOrigin
}
