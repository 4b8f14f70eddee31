package socketio

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"sync"

	"partychat/engineio"
)

// packetType is the first character of an encoded packet.
type packetType byte

const (
	typeConnect      packetType = '0'
	typeDisconnect   packetType = '1'
	typeEvent        packetType = '2'
	typeAck          packetType = '3'
	typeConnectError packetType = '4'
	typeBinaryEvent  packetType = '5'
	typeBinaryAck    packetType = '6'
)

var (
	errPacketType  = errors.New("socketio: unknown packet type")
	errAttachments = errors.New("socketio: invalid attachments")
	errNamespace   = errors.New("socketio: invalid namespace")
	errAckID       = errors.New("socketio: invalid ack id")
	errPayload     = errors.New("socketio: invalid payload")
	errDepth       = errors.New("socketio: payload is nested too deeply")
)

// packet is a decoded packet; its payload is still JSON.
type packet struct {
	typ         packetType
	attachments int
	nsp         string
	id          uint64
	hasID       bool
	payload     []byte
	args        Args  // replaces the payload, with a Parser
	size        int64 // bytes that a Parser has decoded
}

// parsePacket decodes all parts of a packet except its payload:
// <type>[<attachments>-][<namespace>,][<ack id>][<payload>] (protocol, "Packet encoding").
func parsePacket(raw []byte) (packet, error) {
	if len(raw) == 0 {
		return packet{}, errPacketType
	}
	p := packet{typ: packetType(raw[0]), nsp: "/"}
	if p.typ < typeConnect || p.typ > typeBinaryAck {
		return packet{}, errPacketType
	}
	raw = raw[1:]
	if p.typ == typeBinaryEvent || p.typ == typeBinaryAck {
		n, rest, err := cutNumber(raw)
		if err != nil || len(rest) == len(raw) || len(rest) == 0 || rest[0] != '-' || n > math.MaxInt32 {
			return packet{}, errAttachments
		}
		p.attachments, raw = int(n), rest[1:]
	}
	if len(raw) > 0 && raw[0] == '/' {
		nsp, rest, _ := bytes.Cut(raw, []byte{','})
		if len(nsp) > maxNamespaceName {
			return packet{}, errNamespace
		}
		p.nsp, raw = string(nsp), rest
	}
	id, rest, err := cutNumber(raw)
	if err != nil {
		return packet{}, errAckID
	}
	p.id, p.hasID, p.payload = id, len(rest) < len(raw), rest
	return p, nil
}

// maxNamespaceName limits the length of a namespace's name, in bytes.
const maxNamespaceName = 512

// cutNumber splits off leading digits.
func cutNumber(raw []byte) (n uint64, rest []byte, err error) {
	i := 0
	for i < len(raw) && raw[i] >= '0' && raw[i] <= '9' {
		i++
	}
	if i == 0 {
		return 0, raw, nil
	}
	n, err = strconv.ParseUint(string(raw[:i]), 10, 64)
	return n, raw[i:], err
}

// appendHeader appends all parts of a packet except its payload.
func (p packet) appendHeader(dst []byte) []byte {
	dst = append(dst, byte(p.typ))
	if p.typ == typeBinaryEvent || p.typ == typeBinaryAck {
		dst = append(strconv.AppendInt(dst, int64(p.attachments), 10), '-')
	}
	if p.nsp != "/" {
		dst = append(append(dst, p.nsp...), ',')
	}
	if p.hasID {
		dst = strconv.AppendUint(dst, p.id, 10)
	}
	return dst
}

// Packet is an encoded event, ready to be sent to any number of sockets of its namespace. It is
// immutable.
type Packet struct {
	messages     []*engineio.Message // the packet, then its attachments
	volatile     bool
	uncompressed bool
	announced    bool   // OnAnyOutgoing has been called
	stamp        *stamp // nil unless kept for recovery
}

// uncompress excludes the packet from compression. It must be called before the packet is sent.
func (p *Packet) uncompress() {
	p.uncompressed = true
	for _, m := range p.messages {
		m.SetUncompressed()
	}
}

// NewPacket creates a packet from the Parts of another one, possibly of another process.
func NewPacket(text []byte, attachments [][]byte, volatile bool) *Packet {
	messages := make([]*engineio.Message, 1, 1+len(attachments))
	messages[0] = engineio.NewText(text)
	for _, data := range attachments {
		messages = append(messages, engineio.NewBinary(data))
	}
	return &Packet{messages: messages, volatile: volatile}
}

// Parts returns the arguments with which NewPacket creates the same packet. They must not be modified.
func (p *Packet) Parts() (text []byte, attachments [][]byte, volatile bool) {
	for _, m := range p.messages[1:] {
		attachments = append(attachments, m.Data())
	}
	return p.messages[0].Data(), attachments, p.volatile
}

// encodeEvent encodes an event; id is nil if no acknowledgement is requested.
func encodeEvent(nsp, event string, args []any, id *uint64) (*Packet, error) {
	return encode(packet{typ: typeEvent, nsp: nsp}, id, event, args)
}

// encodeAck encodes an acknowledgement.
func encodeAck(nsp string, id uint64, args []any) (*Packet, error) {
	return encode(packet{typ: typeAck, nsp: nsp}, &id, "", args)
}

// texts pools the buffers in which packets are encoded.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptText is the largest buffer that is kept for reuse, in bytes.
const maxKeptText = 64 << 10

func encode(p packet, id *uint64, event string, args []any) (*Packet, error) {
	if id != nil {
		p.id, p.hasID = *id, true
	}
	buf, _ := texts.Get().(*[]byte)
	text, attachments, err := p.appendArgs((*buf)[:0], event, args)
	if err != nil {
		return nil, err
	}
	encoded := NewPacket(text, attachments, false)
	if cap(text) <= maxKeptText {
		*buf = text
		texts.Put(buf)
	}
	return encoded, nil
}

// appendArgs appends the arguments of an event or acknowledgement and returns their attachments. If
// there are any, the packet has the binary form of its type.
func (p packet) appendArgs(dst []byte, event string, args []any) (text []byte, attachments [][]byte, err error) {
	args, attachments = extract(args)
	isEvent := p.typ == typeEvent
	if p.attachments = len(attachments); p.attachments > 0 {
		p.typ += typeBinaryEvent - typeEvent
	}
	dst = append(p.appendHeader(dst), '[')
	if isEvent {
		if dst, err = appendEvent(dst, event); err != nil {
			return nil, nil, err
		}
	}
	for i, arg := range args {
		if i > 0 || isEvent {
			dst = append(dst, ',')
		}
		if dst, err = appendJSON(dst, arg); err != nil {
			return nil, nil, err
		}
	}
	return append(dst, ']'), attachments, nil
}

// encodeControl encodes a packet whose payload is an object or absent.
func encodeControl(t packetType, nsp string, payload any) (*engineio.Message, error) {
	text := packet{typ: t, nsp: nsp}.appendHeader(nil)
	if payload != nil {
		var err error
		if text, err = appendJSON(text, payload); err != nil {
			return nil, err
		}
	}
	return engineio.NewText(text), nil
}
