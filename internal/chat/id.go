package chat

import (
	"crypto/rand"
	"encoding/binary"
)

// idBits keeps ids exact in JavaScript numbers.
const idBits = 53

// newID returns a random positive id. Ids are random, not counted, so that they
// don't reveal how many private rooms there are and nodes need no shared counter.
// Stores reject an id that is already in use.
func newID() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	id := int64(binary.LittleEndian.Uint64(b[:]) >> (64 - idBits))
	if id <= int64(MainRoom) {
		return newID()
	}
	return id
}
