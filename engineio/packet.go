package engineio

import (
	"bytes"
	"encoding/base64"
	"errors"
	"unicode/utf8"
)

// packetType is the first character of a text packet.
type packetType byte

const (
	typeOpen    packetType = '0'
	typeClose   packetType = '1'
	typePing    packetType = '2'
	typePong    packetType = '3'
	typeMessage packetType = '4'
	typeUpgrade packetType = '5'
	typeNoop    packetType = '6'
)

// separator separates the packets of a polling payload.
const separator = '\x1e'

var (
	errPacketEmpty   = errors.New("engineio: empty packet")
	errPacketType    = errors.New("engineio: unknown packet type")
	errPacketBase64  = errors.New("engineio: binary packet is not base64")
	errPayloadText   = errors.New("engineio: payload is not UTF-8")
	errPacketLength  = errors.New("engineio: invalid packet length")
	errPacketHandler = errors.New("engineio: packet type not allowed here")
)

// packet is one decoded packet. Data shares memory with the parsed input.
type packet struct {
	typ    packetType
	binary bool
	data   []byte
}

// parseText decodes a packet from a WebSocket text message or from between two separators of a polling
// payload. A leading "b" marks binary in base64, which clients that cannot send binary frames use over
// WebSocket too.
func parseText(raw []byte) (packet, error) {
	if len(raw) == 0 {
		return packet{}, errPacketEmpty
	}
	if raw[0] == 'b' {
		data := make([]byte, base64.StdEncoding.DecodedLen(len(raw)-1))
		n, err := base64.StdEncoding.Decode(data, raw[1:])
		if err != nil {
			return packet{}, errPacketBase64
		}
		return packet{typ: typeMessage, binary: true, data: data[:n]}, nil
	}
	t := packetType(raw[0])
	if t < typeOpen || t > typeNoop {
		return packet{}, errPacketType
	}
	return packet{typ: t, data: raw[1:]}, nil
}

// nextPacket decodes the first packet of a polling payload and returns the rest. A payload without a
// separator is a single packet.
func nextPacket(payload []byte) (p packet, rest []byte, more bool, err error) {
	raw, rest, more := bytes.Cut(payload, []byte{separator})
	if !utf8.Valid(raw) {
		return packet{}, nil, false, errPayloadText
	}
	p, err = parseText(raw)
	return p, rest, more, err
}
