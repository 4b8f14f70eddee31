package load

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Member is the PartyChat user of a client.
type Member struct {
	Token string
	Room  int64
	Seq   int64 // the room's head before the first send
}

// opening returns the exchanges that authenticate the user: docs/PROTOCOL.md,
// section 4.
func (m *Member) opening() []exchange {
	return []exchange{
		{say: `40{"protocol":1,"token":"` + m.Token + `"}`, hear: "40{"},
		{hear: `42["ready",`},
	}
}

// Ack is a message that a PartyChat server has acknowledged.
type Ack struct {
	Room, Seq int64
	Body      uint64 // the number at the beginning of its body
}

const (
	putPrefix    = `2["message:put",{"message":{"room":`
	ackedMessage = `[{"ok":true,"message":{"room":`
	seqKey       = `,"seq":`
	bodyKey      = `"body":"`
	bodyEnd      = `","createdAt":"`
)

// Each of these errors invalidates the result.
var (
	errRefused   = errors.New("load: server has refused a message")
	errOtherRoom = errors.New("load: message from another room")
	errNotNext   = errors.New("load: message is not the next one of its room")
	errOtherAck  = errors.New("load: acknowledgement contains another message")
)

// chatter is the dialect of PartyChat. A message's body is its id, padded to the
// requested size. In addition to the checks for every server, every client must get
// its room's messages in the order of seq without a gap.
type chatter struct {
	rooms  []int64 // ids of the rooms, by their numbers in the crowd
	party  []Member
	seqs   []int64 // per client: the last seq received
	filled []byte  // after a body's id: padding and the rest of the packet
	buf    []byte
	acked  []Ack
}

func newDialect(party []Member, rooms, size int) dialect {
	if party == nil {
		return newCodec(rooms, size)
	}
	padding := bytes.Repeat([]byte("x"), max(0, size-idDigits))
	c := &chatter{
		rooms: make([]int64, rooms), party: party, seqs: make([]int64, len(party)), filled: append(padding, bodyEnd...),
	}
	for i := range party {
		c.rooms[i%rooms] = party[i].Room
		c.seqs[i] = party[i].Seq
	}
	return c
}

func (c *chatter) broadcast(room int, id uint64) []byte {
	b := c.buf[:0]
	b = append(b, "42"...)
	b = strconv.AppendUint(b, id, 10)
	b = append(b, `["message:send",{"room":`...)
	b = strconv.AppendInt(b, c.rooms[room], 10)
	b = append(b, `,"clientId":"`...)
	b = appendUUID(b, id)
	b = append(b, `","body":"`...)
	b = appendID(b, id)
	b = append(b, c.filled[:len(c.filled)-len(bodyEnd)]...)
	b = append(b, `"}]`...)
	c.buf = b
	return b
}

// appendUUID gives each message a UUID of version 7, as PartyChat's own client
// does. After the time, its bits are as far apart as if they were random, because
// the UUIDs go into an index.
func appendUUID(dst []byte, id uint64) []byte {
	spread := (id + 1) * 0x9e3779b97f4a7c15
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], uint64(time.Now().UnixMilli())<<16)
	binary.BigEndian.PutUint64(raw[8:], spread^spread>>29)
	raw[6], raw[8] = 0x70, raw[8]&0x3f|0x80
	for i, part := range [][]byte{raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

func (c *chatter) parse(client int, packet []byte) (id uint64, isAck bool, err error) {
	if message, ok := bytes.CutPrefix(packet, []byte(putPrefix)); ok {
		id, err = c.message(client, message)
		return id, false, err
	}
	if len(packet) == 0 || packet[0] != '3' {
		return 0, false, fmt.Errorf("%w: %.200q", errGarbled, packet)
	}
	id, err = c.ack(client, packet[1:])
	return id, true, err
}

// message parses a message, beginning after its room's key.
func (c *chatter) message(client int, text []byte) (id uint64, err error) {
	room, seq, rest, ok := cutPlace(text)
	if !ok {
		return 0, fmt.Errorf("%w: %.400q", errGarbled, text)
	}
	id, rest, ok = cutBody(rest)
	switch {
	case !ok || !bytes.HasPrefix(rest, c.filled):
		return 0, fmt.Errorf("%w: %.400q", errGarbled, text)
	case room != c.party[client].Room:
		return 0, fmt.Errorf("%w: %d", errOtherRoom, room)
	case seq != c.seqs[client]+1:
		return 0, fmt.Errorf("%w: seq %d follows %d", errNotNext, seq, c.seqs[client])
	}
	c.seqs[client] = seq
	return id, nil
}

// ack parses an acknowledgement, beginning with its id, and the message in it.
func (c *chatter) ack(client int, text []byte) (id uint64, err error) {
	digits, _, _ := bytes.Cut(text, []byte("["))
	id, ok := parseID(digits)
	if !ok {
		return 0, fmt.Errorf("%w: %.200q", errGarbled, text)
	}
	message, ok := bytes.CutPrefix(text[len(digits):], []byte(ackedMessage))
	if !ok {
		return 0, fmt.Errorf("%w: %.200q", errRefused, text)
	}
	room, seq, rest, ok := cutPlace(message)
	if !ok || room != c.party[client].Room {
		return 0, fmt.Errorf("%w: %.200q", errGarbled, text)
	}
	if body, _, ok := cutBody(rest); !ok || body != id {
		return 0, fmt.Errorf("%w: %.400q", errOtherAck, text)
	}
	c.acked = append(c.acked, Ack{Room: room, Seq: seq, Body: id})
	return id, nil
}

// cutPlace parses a message's room and seq.
func cutPlace(text []byte) (room, seq int64, rest []byte, ok bool) {
	room, rest, ok = cutInt(text)
	if !ok {
		return 0, 0, nil, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(seqKey)); !ok {
		return 0, 0, nil, false
	}
	seq, rest, ok = cutInt(rest)
	return room, seq, rest, ok
}

// cutBody finds a message's body and parses the number at its beginning.
func cutBody(text []byte) (id uint64, rest []byte, ok bool) {
	at := bytes.Index(text, []byte(bodyKey))
	if at < 0 || len(text) < at+len(bodyKey)+idDigits {
		return 0, nil, false
	}
	text = text[at+len(bodyKey):]
	id, ok = parseID(text[:idDigits])
	return id, text[idDigits:], ok
}

// cutInt parses digits at the front.
func cutInt(text []byte) (n int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(text) && i < 18 && text[i] >= '0' && text[i] <= '9'; i++ {
		n = n*10 + int64(text[i]-'0')
	}
	return n, text[i:], i > 0
}
