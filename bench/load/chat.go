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

// Member is a user of PartyChat that a client of a crowd is.
type Member struct {
	Token string
	Room  int64
	Seq   int64 // the room's head before anyone sends
}

// opening is what the user says to be let in: docs/PROTOCOL.md, section 4.
func (m *Member) opening() []exchange {
	return []exchange{
		{`40{"protocol":1,"token":"` + m.Token + `"}`, "40{"},
		{"", `42["ready",`},
	}
}

// Ack is a message that a PartyChat server has acknowledged.
type Ack struct {
	Room, Seq int64
	Body      uint64 // the number that its body begins with
}

const (
	putPrefix    = `2["message:put",{"message":{"room":`
	ackedMessage = `[{"ok":true,"message":{"room":`
	seqKey       = `,"seq":`
	bodyKey      = `"body":"`
	bodyEnd      = `","createdAt":"`
)

// Each of these makes a result void.
var (
	errRefused   = errors.New("load: server has refused a message")
	errOtherRoom = errors.New("load: message of another room")
	errNotNext   = errors.New("load: message is not the next one of its room")
	errOtherAck  = errors.New("load: acknowledgement carries another message")
)

// chatter is the dialect of PartyChat. A message's body is its id, filled up to
// the size that is asked for. Beside what every server has to do, everyone must
// get the messages of a room in the order of seq, without a hole.
type chatter struct {
	rooms  []int64 // their ids, by their numbers in the crowd
	party  []Member
	seqs   []int64 // per client: the last one seen
	filled []byte  // behind a body's id: padding, and what follows a body
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
// does: the time, and then as far from the one before as if it had been drawn,
// for it goes into an index.
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

// message reads a message from behind its room's key on.
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

// ack reads an acknowledgement from its id on, with the message that it carries.
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

// cutPlace reads a message's room and seq.
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

// cutBody looks for a message's body and reads the number that it begins with.
func cutBody(text []byte) (id uint64, rest []byte, ok bool) {
	at := bytes.Index(text, []byte(bodyKey))
	if at < 0 || len(text) < at+len(bodyKey)+idDigits {
		return 0, nil, false
	}
	text = text[at+len(bodyKey):]
	id, ok = parseID(text[:idDigits])
	return id, text[idDigits:], ok
}

// cutInt reads digits from the front.
func cutInt(text []byte) (n int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(text) && i < 18 && text[i] >= '0' && text[i] <= '9'; i++ {
		n = n*10 + int64(text[i]-'0')
	}
	return n, text[i:], i > 0
}
