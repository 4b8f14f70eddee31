package engineio

import (
	"encoding/base64"

	"github.com/gobwas/ws"
)

// Message is a message packet, encoded and framed once, that may be sent to
// any number of sessions at the same time. It is immutable.
type Message struct {
	frame  []byte // a whole unmasked WebSocket frame
	header int    // length of the frame's header
	binary bool
}

// NewText prepares a text message. The data is copied and must be UTF-8.
func NewText(data []byte) *Message { return newTextPacket(typeMessage, data) }

// NewBinary prepares a binary message. The data is copied.
func NewBinary(data []byte) *Message {
	m := &Message{binary: true}
	m.frame, m.header = appendFrameHeader(make([]byte, 0, len(data)+10), ws.OpBinary, len(data))
	m.frame = append(m.frame, data...)
	return m
}

// newTextPacket prepares a text packet of any type.
func newTextPacket(t packetType, data []byte) *Message {
	m := &Message{}
	m.frame, m.header = appendFrameHeader(make([]byte, 0, len(data)+11), ws.OpText, len(data)+1)
	m.frame = append(m.frame, byte(t))
	m.frame = append(m.frame, data...)
	return m
}

// size is what the message counts for in a session's queue, in bytes.
func (m *Message) size() int { return len(m.frame) }

// appendPayload appends the message as it stands in a polling payload:
// text as it is, binary as base64 behind a "b" (protocol, "Packet encoding").
func (m *Message) appendPayload(dst []byte) []byte {
	if m.binary {
		return base64.StdEncoding.AppendEncode(append(dst, 'b'), m.frame[m.header:])
	}
	return append(dst, m.frame[m.header:]...)
}

// appendFrameHeader appends the header of an unfragmented server frame and
// says how long it is.
func appendFrameHeader(dst []byte, op ws.OpCode, length int) ([]byte, int) {
	before := len(dst)
	dst = append(dst, 0x80|byte(op))
	switch {
	case length <= 125:
		dst = append(dst, byte(length))
	case length <= 0xffff:
		dst = append(dst, 126, byte(length>>8), byte(length))
	default:
		n := uint64(length)
		dst = append(dst, 127, byte(n>>56), byte(n>>48), byte(n>>40), byte(n>>32),
			byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return dst, len(dst) - before
}
