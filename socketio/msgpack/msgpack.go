// Package msgpack is a parser for package socketio that encodes packets in MessagePack, like npm's
// socket.io-msgpack-parser. Each packet is one binary message, so binary needs no attachments.
//
//	server := socketio.NewServer(socketio.Options{Parser: msgpack.Parser{}})
//
// All clients of such a server must use that parser. Values are encoded as by encoding/json: a
// time.Time is sent as a string, and a client's Date arrives as one. Binary is []byte, also inside
// []any and map[string]any.
package msgpack

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
)

// Parser implements socketio.Parser.
type Parser struct{}

var (
	errPacket    = errors.New("msgpack: not a packet")
	errDepth     = errors.New("msgpack: nested too deeply")
	errExtension = errors.New("msgpack: unknown extension")
	errTrailing  = errors.New("msgpack: trailing bytes after the packet")
)

// Encode implements socketio.Parser.
func (Parser) Encode(p socketio.ParsedPacket) ([]byte, error) {
	hasData := p.Args != nil || p.Payload != nil
	fields := uint32(2)
	for _, more := range []bool{hasData, p.ID != nil} {
		if more {
			fields++
		}
	}
	b := msgp.AppendMapHeader(nil, fields)
	b = msgp.AppendInt(msgp.AppendString(b, "type"), p.Type)
	b = msgp.AppendString(msgp.AppendString(b, "nsp"), p.Namespace)
	if p.ID != nil {
		b = msgp.AppendUint64(msgp.AppendString(b, "id"), *p.ID)
	}
	if !hasData {
		return b, nil
	}
	b = msgp.AppendString(b, "data")
	if p.Args == nil {
		return appendValue(b, p.Payload)
	}
	b = msgp.AppendArrayHeader(b, uint32(len(p.Args)))
	for _, arg := range p.Args {
		var err error
		if b, err = appendValue(b, arg.Value()); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Decode implements socketio.Parser.
func (Parser) Decode(data []byte, maxDepth int) (p socketio.ParsedPacket, err error) {
	if _, rest, err := skim(data, maxDepth+2); err != nil { // the packet and its data are two levels
		return p, err
	} else if len(rest) > 0 {
		return p, errTrailing
	}
	fields, rest, err := msgp.ReadMapHeaderBytes(data)
	if err != nil {
		return p, errPacket
	}
	p.Type = -1
	for range fields {
		var key, value []byte
		if key, rest, err = msgp.ReadStringZC(rest); err != nil {
			return p, errPacket
		}
		if value, rest, err = cut(rest); err != nil {
			return p, err
		}
		if err := setField(&p, string(key), value); err != nil {
			return p, fmt.Errorf("%w: field %s: %w", errPacket, key, err)
		}
	}
	return p, nil
}

// cut splits off the first value.
func cut(b []byte) (value, rest []byte, err error) {
	rest, err = msgp.Skip(b)
	return b[:len(b)-len(rest)], rest, err
}

// setField sets a field of a packet. Like the official parser, it ignores unknown ones.
func setField(p *socketio.ParsedPacket, key string, value []byte) (err error) {
	switch key {
	case "type":
		p.Type, _, err = msgp.ReadIntBytes(value)
	case "nsp":
		p.Namespace, _, err = msgp.ReadStringBytes(value)
	case "id":
		if isNothing(value) {
			return nil
		}
		var id uint64
		id, _, err = msgp.ReadUint64Bytes(value)
		p.ID = &id
	case "data":
		return setData(p, value)
	}
	return err
}

// setData sets the arguments or the payload.
func setData(p *socketio.ParsedPacket, value []byte) error {
	if isNothing(value) {
		return nil
	}
	if msgp.NextType(value) != msgp.ArrayType {
		binary, _, err := skim(value, maxPayloadDepth)
		if err != nil || binary {
			return errors.Join(err, errPacket)
		}
		raw, _, err := appendJSON(nil, value)
		p.Payload = json.RawMessage(raw)
		return err
	}
	n, rest, err := msgp.ReadArrayHeaderBytes(value)
	if err != nil {
		return err
	}
	p.Args = make(socketio.Args, 0, min(n, 16))
	for range n {
		var item []byte
		if item, rest, err = cut(rest); err != nil {
			return err
		}
		arg, err := argument(item)
		if err != nil {
			return err
		}
		p.Args = append(p.Args, arg)
	}
	return nil
}

// maxPayloadDepth exceeds the nesting of any value that Decode accepts.
const maxPayloadDepth = 1 << 20

// argument converts a value that skim has accepted to an argument.
func argument(item []byte) (socketio.Arg, error) {
	binary, _, err := skim(item, maxPayloadDepth)
	if err != nil {
		return socketio.Arg{}, err
	}
	if binary {
		value, _, err := tree(item)
		if err != nil {
			return socketio.Arg{}, err
		}
		return socketio.NewArg(value)
	}
	raw, _, err := appendJSON(nil, item)
	if err != nil {
		return socketio.Arg{}, err
	}
	return socketio.NewArg(json.RawMessage(raw))
}
