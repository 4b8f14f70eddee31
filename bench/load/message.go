package load

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// idDigits is the number of digits of a broadcast's id.
const idDigits = 12

const (
	eventPrefix = `2["m","`
	eventSuffix = `"]`
)

var errGarbled = errors.New("load: server sent an unexpected packet")

// dialect encodes the clients' packets and parses the server's.
type dialect interface {
	// broadcast returns a packet that asks the server to broadcast a message with
	// that id to a room. The packet's acknowledgement has the same id. The packet
	// is valid until the next call.
	broadcast(room int, id uint64) []byte
	// parse parses a Socket.IO packet that a client has received: an
	// acknowledgement, or a message, of which every byte must be as it was sent.
	parse(client int, packet []byte) (id uint64, isAck bool, err error)
}

// codec is the dialect of servers written for this benchmark: the command ["bcast",
// room, value] and the event ["m", value]. A value is its message's id, padded to
// the requested size.
type codec struct {
	room    []string
	padding string // the end of a value
	suffix  []byte // the end of an event: padding and the end of the array
	buf     []byte
}

func newCodec(rooms, size int) *codec {
	padding := bytes.Repeat([]byte("x"), max(0, size-idDigits))
	c := &codec{padding: string(padding), suffix: append(padding, eventSuffix...)}
	for room := range rooms {
		c.room = append(c.room, roomName(room))
	}
	return c
}

func (c *codec) broadcast(room int, id uint64) []byte {
	b := c.buf[:0]
	b = append(b, "42"...)
	b = strconv.AppendUint(b, id, 10)
	b = append(b, `["bcast","`...)
	b = append(b, c.room[room]...)
	b = append(b, `","`...)
	b = appendID(b, id)
	b = append(b, c.padding...)
	b = append(b, eventSuffix...)
	c.buf = b
	return b
}

func roomName(room int) string { return fmt.Sprintf("room-%d", room) }

func appendID(dst []byte, id uint64) []byte {
	var digits [idDigits]byte
	for i := range digits {
		digits[idDigits-1-i] = '0' + byte(id%10)
		id /= 10
	}
	return append(dst, digits[:]...)
}

func (c *codec) parse(_ int, packet []byte) (id uint64, isAck bool, err error) {
	if value, ok := bytes.CutPrefix(packet, []byte(eventPrefix)); ok {
		if len(value) > idDigits && bytes.Equal(value[idDigits:], c.suffix) {
			if id, ok := parseID(value[:idDigits]); ok {
				return id, false, nil
			}
		}
	} else if len(packet) > 0 && packet[0] == '3' {
		if digits, _, ok := bytes.Cut(packet[1:], []byte("[")); ok {
			if id, ok := parseID(digits); ok {
				return id, true, nil
			}
		}
	}
	return 0, false, fmt.Errorf("%w: %.200q", errGarbled, packet)
}

func parseID(digits []byte) (id uint64, ok bool) {
	if len(digits) == 0 || len(digits) > idDigits {
		return 0, false
	}
	for _, d := range digits {
		if d -= '0'; d > 9 {
			return 0, false
		}
		id = id*10 + uint64(d)
	}
	return id, true
}
