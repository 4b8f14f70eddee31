package engineio

import (
	"encoding/base64"
	"sync"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// Message is a message packet, encoded and framed once, that may be sent to any number of sessions at
// the same time. Its content is immutable.
type Message struct {
	frame  []byte // a whole unmasked WebSocket frame
	header int    // length of the frame's header
	binary bool

	once     sync.Once
	deflated atomic.Pointer[[]byte] // the compressed frame; nil if there is none
}

// NewText prepares a text message. The data is copied and must be UTF-8.
func NewText(data []byte) *Message { return newTextPacket(typeMessage, data) }

// NewBinary prepares a binary message. The data is copied.
func NewBinary(data []byte) *Message { return newFrame(ws.OpBinary, data) }

// SetUncompressed excludes the message from compression, regardless of Options.CompressFrom. Call it
// before sending the message.
func (m *Message) SetUncompressed() { m.once.Do(func() {}) }

// newTextPacket prepares a text packet of any type.
func newTextPacket(t packetType, data []byte) *Message {
	m := newMessage(ws.Header{Fin: true, OpCode: ws.OpText, Length: int64(len(data) + 1)})
	m.frame = append(append(m.frame, byte(t)), data...)
	return m
}

// newFrame prepares a frame of any kind.
func newFrame(op ws.OpCode, data []byte) *Message {
	m := newMessage(ws.Header{Fin: true, OpCode: op, Length: int64(len(data))})
	m.frame = append(m.frame, data...)
	return m
}

// newMessage creates a frame with room for its payload.
func newMessage(h ws.Header) *Message {
	m := &Message{header: ws.HeaderSize(h), binary: h.OpCode == ws.OpBinary}
	m.frame = make([]byte, 0, m.header+int(h.Length))
	_ = ws.WriteHeader((*frameWriter)(m), h) // the length is valid, and writing to a slice cannot fail
	return m
}

// frameWriter is a message while its frame is written.
type frameWriter Message

func (w *frameWriter) Write(data []byte) (int, error) {
	w.frame = append(w.frame, data...)
	return len(data), nil
}

// Data returns what the message was made from. It must not be modified.
func (m *Message) Data() []byte {
	if m.binary {
		return m.frame[m.header:]
	}
	return m.frame[m.header+1:] // after the packet's type
}

// form describes how a WebSocket client's frames differ from the form in which messages are created.
type form uint8

const (
	formDeflated form = 1 << iota // compressed, where that is shorter
	formVersion3                  // of protocol 3
	formBase64                    // of protocol 3, without binary
)

// appendFrame appends the frame in the form that a WebSocket client takes.
func (m *Message) appendFrame(dst []byte, f form) []byte {
	if f == 0 {
		return append(dst, m.frame...)
	}
	return m.appendFrameAs(dst, f)
}

func (m *Message) appendFrameAs(dst []byte, f form) []byte {
	if m.binary && f&formVersion3 != 0 {
		return m.appendBinaryFrame3(dst, f&formBase64 != 0)
	}
	if f&formDeflated != 0 {
		if frame := m.deflated.Load(); frame != nil {
			return append(dst, *frame...)
		}
	}
	return append(dst, m.frame...)
}

// size returns the bytes that the message counts for in a session's queue.
func (m *Message) size() int { return len(m.frame) }

// appendPayload appends the message in the form it has in a polling payload: text unchanged, binary as
// base64 after a "b" (protocol, "Packet encoding").
func (m *Message) appendPayload(dst []byte) []byte {
	if m.binary {
		return base64.StdEncoding.AppendEncode(append(dst, 'b'), m.frame[m.header:])
	}
	return append(dst, m.frame[m.header:]...)
}
