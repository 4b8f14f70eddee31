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
	return newMessage(ws.NewBinaryFrame(data), true)
}

// newTextPacket prepares a text packet of any type.
func newTextPacket(t packetType, data []byte) *Message {
	payload := make([]byte, 0, len(data)+1)
	payload = append(append(payload, byte(t)), data...)
	return newMessage(ws.NewTextFrame(payload), false)
}

func newMessage(f ws.Frame, binary bool) *Message {
	frame := ws.MustCompileFrame(f)
	return &Message{frame: frame, header: len(frame) - len(f.Payload), binary: binary}
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
