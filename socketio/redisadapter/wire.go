package redisadapter

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
	"partychat/socketio/msgpack"
)

// Types of requests and responses.
const (
	typeSockets = iota
	typeAllRooms
	typeJoin
	typeLeave
	typeDisconnect
	typeFetch
	typeServerSideEmit
	typeBroadcast
	typeClientCount
	typeAck
)

// packetEvent and packetBinaryEvent are the types of broadcast packets (Socket.IO protocol, "Packet
// types").
const (
	packetEvent       = 2
	packetBinaryEvent = 5
)

var (
	errMalformed = errors.New("redisadapter: malformed message")
	// errOtherNamespace reports a packet of another namespace whose name has the same beginning: the
	// channel of "/a#b" looks like that of room "b" of "/a".
	errOtherNamespace = errors.New("redisadapter: packet belongs to another namespace")
)

// broadcast is a message on a broadcast channel.
type broadcast struct {
	uid string
	sel socketio.Selection
	out socketio.Outgoing
}

// roomNames are names of rooms. Node also allows numbers.
type roomNames []string

// UnmarshalJSON implements json.Unmarshaler.
func (r *roomNames) UnmarshalJSON(raw []byte) error {
	var names []any
	if err := json.Unmarshal(raw, &names); err != nil {
		return err
	}
	*r = make(roomNames, 0, len(names))
	for _, name := range names {
		switch name := name.(type) {
		case string:
			*r = append(*r, name)
		case float64:
			*r = append(*r, strconv.FormatFloat(name, 'f', -1, 64))
		default:
			return errors.New("a room's name is neither a string nor a number")
		}
	}
	return nil
}

// flag is true for every value that JavaScript considers true.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(raw []byte) error {
	switch string(raw) {
	case "false", "null", "0", `""`:
		*f = false
	default:
		*f = true
	}
	return nil
}

// options select sockets and define how an event is sent to them.
type options struct {
	Rooms  roomNames `json:"rooms"`
	Except roomNames `json:"except"`
	Flags  struct {
		Volatile flag    `json:"volatile"`
		Compress *flag   `json:"compress"`
		Timeout  float64 `json:"timeout"` // in milliseconds, for acknowledgements
		Stamp    string  `json:"stamp"`   // socketio.Outgoing.Stamp; Node servers ignore it
	} `json:"flags"`
}

func (o options) selection() socketio.Selection {
	return socketio.Selection{Rooms: o.Rooms, Except: o.Except, Local: true}
}

// apply sets an event's delivery options from the flags.
func (o options) apply(out *socketio.Outgoing) {
	out.Volatile, out.Stamp = bool(o.Flags.Volatile), o.Flags.Stamp
	out.Uncompressed = o.Flags.Compress != nil && !bool(*o.Flags.Compress)
}

// timeout returns how long clients may take to acknowledge, or zero if it is not set.
func (o options) timeout() time.Duration {
	ms := o.Flags.Timeout
	if !(ms > 0) {
		return 0
	}
	return time.Duration(min(ms, math.MaxInt32)) * time.Millisecond // like setTimeout
}

// appendOptions appends options as MessagePack.
func appendOptions(b []byte, sel socketio.Selection, out socketio.Outgoing, timeout time.Duration) []byte {
	b = msgp.AppendMapHeader(b, 3)
	b = appendStrings(msgp.AppendString(b, "rooms"), sel.Rooms)
	b = appendStrings(msgp.AppendString(b, "except"), sel.Except)
	fields := uint32(0)
	for _, set := range []bool{out.Volatile, out.Uncompressed, out.Stamp != "", timeout > 0} {
		if set {
			fields++
		}
	}
	b = msgp.AppendMapHeader(msgp.AppendString(b, "flags"), fields)
	if out.Volatile {
		b = msgp.AppendBool(msgp.AppendString(b, "volatile"), true)
	}
	if out.Uncompressed {
		b = msgp.AppendBool(msgp.AppendString(b, "compress"), false)
	}
	if out.Stamp != "" {
		b = msgp.AppendString(msgp.AppendString(b, "stamp"), out.Stamp)
	}
	if timeout > 0 {
		b = msgp.AppendInt64(msgp.AppendString(b, "timeout"), timeout.Milliseconds())
	}
	return b
}

func appendStrings(b []byte, list []string) []byte {
	b = msgp.AppendArrayHeader(b, uint32(len(list)))
	for _, text := range list {
		b = msgp.AppendString(b, text)
	}
	return b
}

// appendPacket appends the packet of an event.
func appendPacket(b []byte, namespace string, out socketio.Outgoing) ([]byte, error) {
	args, err := socketio.NewArgs(out.Args...)
	if err != nil {
		return nil, err
	}
	b = msgp.AppendMapHeader(b, 3)
	b = msgp.AppendInt(msgp.AppendString(b, "type"), packetEvent)
	b = msgp.AppendArrayHeader(msgp.AppendString(b, "data"), uint32(1+len(args)))
	b = msgp.AppendString(b, out.Event)
	for _, arg := range args {
		if b, err = msgpack.AppendArg(b, arg); err != nil {
			return nil, err
		}
	}
	return msgp.AppendString(msgp.AppendString(b, "nsp"), namespace), nil
}

// encodeBroadcast encodes a broadcast of this process.
func encodeBroadcast(uid, namespace string, sel socketio.Selection, out socketio.Outgoing) ([]byte, error) {
	b := msgp.AppendString(msgp.AppendArrayHeader(nil, 3), uid)
	b, err := appendPacket(b, namespace, out)
	if err != nil {
		return nil, err
	}
	return appendOptions(b, sel, out, 0), nil
}

// encodeAckRequest encodes a broadcast that clients acknowledge.
func encodeAckRequest(uid, id, namespace string, sel socketio.Selection, out socketio.Outgoing, timeout time.Duration) ([]byte, error) {
	b := msgp.AppendMapHeader(nil, 5)
	b = msgp.AppendString(msgp.AppendString(b, "uid"), uid)
	b = msgp.AppendString(msgp.AppendString(b, "requestId"), id)
	b = msgp.AppendInt(msgp.AppendString(b, "type"), typeBroadcast)
	b, err := appendPacket(msgp.AppendString(b, "packet"), namespace, out)
	if err != nil {
		return nil, err
	}
	return appendOptions(msgp.AppendString(b, "opts"), sel, out, timeout), nil
}

// encodeAck encodes one client's acknowledgement, which carries a single value.
func encodeAck(id string, args socketio.Args) ([]byte, error) {
	b := msgp.AppendMapHeader(nil, uint32(2+min(len(args), 1)))
	b = msgp.AppendInt(msgp.AppendString(b, "type"), typeAck)
	b = msgp.AppendString(msgp.AppendString(b, "requestId"), id)
	if len(args) == 0 {
		return b, nil
	}
	return msgpack.AppendArg(msgp.AppendString(b, "packet"), args[0])
}

// encodeServerEvent encodes a server-side event; id is empty if no answer is wanted. It uses
// MessagePack if the event contains binary, else JSON.
func encodeServerEvent(uid, id, event string, args socketio.Args) ([]byte, error) {
	if !hasBinary(args...) {
		name, err := socketio.NewArg(event)
		if err != nil {
			return nil, err
		}
		return json.Marshal(request{UID: uid, ID: id, Type: typeServerSideEmit, Data: append(socketio.Args{name}, args...)})
	}
	fields := uint32(3)
	if id != "" {
		fields++
	}
	b := msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(nil, fields), "uid"), uid)
	if id != "" {
		b = msgp.AppendString(msgp.AppendString(b, "requestId"), id)
	}
	b = msgp.AppendInt(msgp.AppendString(b, "type"), typeServerSideEmit)
	b = msgp.AppendArrayHeader(msgp.AppendString(b, "data"), uint32(1+len(args)))
	b = msgp.AppendString(b, event)
	for _, arg := range args {
		var err error
		if b, err = msgpack.AppendArg(b, arg); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// encodeServerAnswer encodes the answer to a server-side event.
func encodeServerAnswer(id string, reply socketio.Arg) ([]byte, error) {
	if !hasBinary(reply) {
		return json.Marshal(struct {
			Type int          `json:"type"`
			ID   string       `json:"requestId"`
			Data socketio.Arg `json:"data"`
		}{typeServerSideEmit, id, reply})
	}
	b := msgp.AppendMapHeader(nil, 3)
	b = msgp.AppendInt(msgp.AppendString(b, "type"), typeServerSideEmit)
	b = msgp.AppendString(msgp.AppendString(b, "requestId"), id)
	return msgpack.AppendArg(msgp.AppendString(b, "data"), reply)
}

// hasBinary reports whether JSON would change the arguments.
func hasBinary(args ...socketio.Arg) bool {
	for _, arg := range args {
		if _, plain := arg.Value().(json.RawMessage); !plain {
			return true
		}
	}
	return false
}

// request is the JSON form of all requests except those with an event. Node requires unused fields to
// be absent.
type request struct {
	UID   string        `json:"uid"`
	ID    string        `json:"requestId,omitempty"`
	Type  int           `json:"type"`
	Opts  *wireOptions  `json:"opts,omitempty"`
	Rooms []string      `json:"rooms,omitempty"`
	Close *bool         `json:"close,omitempty"`
	Data  socketio.Args `json:"data,omitempty"`
}

// wireOptions are options without flags, as JSON.
type wireOptions struct {
	Rooms  []string `json:"rooms"`
	Except []string `json:"except"`
}

func newWireOptions(sel socketio.Selection) *wireOptions {
	return &wireOptions{Rooms: append([]string{}, sel.Rooms...), Except: append([]string{}, sel.Except...)}
}
