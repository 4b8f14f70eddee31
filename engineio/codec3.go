package engineio

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// maxDigits3 bounds the number of digits in a packet's length.
const maxDigits3 = 9

// parse3 decodes a packet from a WebSocket message (protocol 3, "Encoding"). Text is encoded as in
// version 4, except that base64 also carries a type; binary follows its type byte.
func parse3(raw []byte, isBinary bool) (packet, error) {
	if len(raw) == 0 {
		return packet{}, errPacketEmpty
	}
	if isBinary {
		return typed3(typeOpen+packetType(raw[0]), raw[1:])
	}
	if raw[0] != 'b' {
		return parseText(raw)
	}
	if len(raw) == 1 {
		return packet{}, errPacketType
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(raw)-2))
	n, err := base64.StdEncoding.Decode(data, raw[2:])
	if err != nil {
		return packet{}, errPacketBase64
	}
	return typed3(packetType(raw[1]), data[:n])
}

func typed3(t packetType, data []byte) (packet, error) {
	if t < typeOpen || t > typeNoop {
		return packet{}, errPacketType
	}
	return packet{typ: t, binary: true, data: data}, nil
}

// utf16Len returns the length of a text in UTF-16 code units.
func utf16Len(text []byte) int {
	units := utf8.RuneCount(text)
	for _, b := range text {
		if b >= 0xf0 { // outside the basic plane: two units
			units++
		}
	}
	return units
}

// payload3 moves at most this many packets to a polling payload, which is empty if none are queued.
func (q *queue) payload3(most int, base64Only bool) (payload []byte, contentType string) {
	messages := make([]*Message, 0, min(q.packets, most))
	for q.packets > 0 && len(messages) < most {
		messages = append(messages, q.pop())
	}
	return encodePayload3(messages, base64Only)
}

// encodePayload3 encodes the answer to a poll, as a binary payload unless the client only takes text.
// Every client of version 3 reads binary payloads. Some browser clients from Socket.IO 1.x (up to 1.3)
// can read nothing else, or no long text, or only text that is encoded to UTF-8 twice.
func encodePayload3(messages []*Message, base64Only bool) (payload []byte, contentType string) {
	size := 0
	for _, m := range messages {
		size += m.size() + maxDigits3
	}
	payload = make([]byte, 0, size)
	if !base64Only {
		for _, m := range messages {
			payload = m.appendBinaryPayload3(payload)
		}
		return payload, binaryPayload
	}
	for _, m := range messages {
		payload = m.appendPayload3(payload)
	}
	return payload, textPayload
}

// appendPayload3 appends the message in the form it has in a text payload.
func (m *Message) appendPayload3(dst []byte) []byte {
	data := m.frame[m.header:]
	if m.binary {
		dst = strconv.AppendInt(dst, int64(base64.StdEncoding.EncodedLen(len(data))+2), 10)
		return base64.StdEncoding.AppendEncode(append(dst, ':', 'b', byte(typeMessage)), data)
	}
	dst = strconv.AppendInt(dst, int64(utf16Len(data)), 10)
	return append(append(dst, ':'), data...)
}

// appendBinaryPayload3 appends the message in the form it has in a binary payload.
func (m *Message) appendBinaryPayload3(dst []byte) []byte {
	data := m.frame[m.header:]
	kind, length := byte(0), len(data)
	if m.binary {
		kind, length = 1, length+1
	}
	dst = append(dst, kind)
	digits := len(dst)
	dst = strconv.AppendInt(dst, int64(length), 10)
	for i := range dst[digits:] {
		dst[digits+i] -= '0'
	}
	dst = append(dst, math.MaxUint8)
	if m.binary {
		dst = append(dst, byte(typeMessage-typeOpen))
	}
	return append(dst, data...)
}

// appendBinaryFrame3 appends the frame of a binary message: the message's type followed by the bytes,
// or base64.
func (m *Message) appendBinaryFrame3(dst []byte, base64Only bool) []byte {
	data := m.frame[m.header:]
	if base64Only {
		dst = appendFrameHeader(dst, ws.OpText, base64.StdEncoding.EncodedLen(len(data))+2)
		return base64.StdEncoding.AppendEncode(append(dst, 'b', byte(typeMessage)), data)
	}
	dst = appendFrameHeader(dst, ws.OpBinary, len(data)+1)
	return append(append(dst, byte(typeMessage-typeOpen)), data...)
}

// appendFrameHeader appends the header of a frame that carries a whole message (RFC 6455, section 5.2).
func appendFrameHeader(dst []byte, op ws.OpCode, length int) []byte {
	const fin, length16, length64 = 0x80, 126, 127
	dst = append(dst, fin|byte(op))
	switch {
	case length < length16:
		return append(dst, byte(length))
	case length <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, length16), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(dst, length64), uint64(length))
	}
}
