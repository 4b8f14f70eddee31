package chat

import (
	"crypto/rand"
	"encoding/binary"
)

// idBits keeps ids within what a JavaScript number holds exactly.
const idBits = 53

// newID draws a random positive id. Random rather than counted, so that ids say
// nothing about how many private rooms there are, and so that nodes need not
// agree on a counter. Stores refuse a second use of one.
func newID() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	id := int64(binary.LittleEndian.Uint64(b[:]) >> (64 - idBits))
	if id <= int64(MainRoom) {
		return newID()
	}
	return id
}
