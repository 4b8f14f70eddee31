package redisadapter

import (
	"encoding/json"
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
	"partychat/socketio/msgpack"
)

// message is a request or a response, in JSON or MessagePack.
type message struct {
	text   map[string]json.RawMessage
	packed map[string][]byte
}

// decodeMessage decodes a request or a response. As in Node, it is JSON if it begins with a brace.
func decodeMessage(data []byte, maxDepth int) (m message, err error) {
	if len(data) > 0 && data[0] == '{' {
		if err = checkDepth(data, maxDepth); err == nil {
			err = json.Unmarshal(data, &m.text)
		}
	} else if err = msgpack.Check(data, maxDepth); err == nil {
		m.packed, err = msgpack.Fields(data)
	}
	if err != nil {
		return message{}, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return m, nil
}

// checkDepth limits the nesting of JSON.
func checkDepth(data []byte, limit int) error {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return fmt.Errorf("nested more than %d levels deep", limit)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// has reports whether a field is present.
func (m message) has(name string) bool {
	if m.text != nil {
		return m.text[name] != nil
	}
	return m.packed[name] != nil
}

// arg returns a field, or null if it is absent.
func (m message) arg(name string) (socketio.Arg, error) {
	if raw := m.text[name]; raw != nil {
		return socketio.NewArg(raw)
	}
	if value := m.packed[name]; value != nil {
		arg, _, err := msgpack.ReadArg(value)
		return arg, err
	}
	return socketio.NewArg(nil)
}

// decode decodes a field into what v points to; it leaves v unchanged if the field is absent.
func (m message) decode(name string, v any) error {
	if !m.has(name) {
		return nil
	}
	arg, err := m.arg(name)
	if err == nil {
		err = arg.Decode(v)
	}
	if err != nil {
		return fmt.Errorf("%w: field %s: %w", errMalformed, name, err)
	}
	return nil
}

// string returns a field, or "" if it is absent or not a string.
func (m message) string(name string) (text string) {
	if m.decode(name, &text) != nil {
		return ""
	}
	return text
}

// event returns an array whose first element is the name of an event.
func (m message) event(name string) (event string, args socketio.Args, err error) {
	if m.packed[name] != nil {
		return readEvent(m.packed[name])
	}
	err = m.decode(name, &args)
	if err != nil || len(args) == 0 || args[0].Decode(&event) != nil {
		return "", nil, fmt.Errorf("%w: field %s is not an event", errMalformed, name)
	}
	return event, args[1:], nil
}

// readEvent reads an array whose first element is the name of an event.
func readEvent(value []byte) (event string, args socketio.Args, err error) {
	items, err := msgpack.Items(value)
	if err != nil || len(items) == 0 {
		return "", nil, fmt.Errorf("%w: not an event", errMalformed)
	}
	if event, _, err = msgp.ReadStringBytes(items[0]); err != nil {
		return "", nil, fmt.Errorf("%w: an event without a name", errMalformed)
	}
	args = make(socketio.Args, len(items)-1)
	for i, item := range items[1:] {
		if args[i], _, err = msgpack.ReadArg(item); err != nil {
			return "", nil, err
		}
	}
	return event, args, nil
}

// packet returns the event in a packet of the namespace.
func (m message) packet(namespace string) (out socketio.Outgoing, err error) {
	typ, nsp := -1, "/"
	if err := m.decode("type", &typ); err != nil {
		return out, err
	}
	if err := m.decode("nsp", &nsp); err != nil {
		return out, err
	}
	if nsp != namespace {
		return out, errOtherNamespace
	}
	if typ != packetEvent && typ != packetBinaryEvent {
		return out, fmt.Errorf("%w: packet of type %d", errMalformed, typ)
	}
	event, args, err := m.event("data")
	return socketio.Outgoing{Event: event, Args: args.Values()}, err
}

// child returns a field that is a map.
func (m message) child(name string) (c message, err error) {
	if m.text != nil {
		err = m.decode(name, &c.text)
	} else {
		c.packed, err = msgpack.Fields(m.packed[name])
	}
	if err == nil && c.text == nil && c.packed == nil {
		err = fmt.Errorf("%w: no field %s", errMalformed, name)
	}
	return c, err
}

// decodeBroadcast decodes a message on a broadcast channel. If this process sent it (own), only its uid
// is decoded.
func decodeBroadcast(data []byte, namespace, own string, maxDepth int) (b broadcast, err error) {
	if err := msgpack.Check(data, maxDepth); err != nil {
		return b, fmt.Errorf("%w: %w", errMalformed, err)
	}
	items, err := msgpack.Items(data)
	if err != nil || len(items) != 3 {
		return b, fmt.Errorf("%w: not a broadcast", errMalformed)
	}
	if b.uid, _, err = msgp.ReadStringBytes(items[0]); err != nil {
		return b, fmt.Errorf("%w: uid: %w", errMalformed, err)
	}
	if b.uid == own {
		return b, nil
	}
	packet, err := msgpack.Fields(items[1])
	if err != nil {
		return b, err
	}
	if b.out, err = (message{packed: packet}).packet(namespace); err != nil {
		return b, err
	}
	if msgp.NextType(items[2]) != msgp.MapType {
		return b, fmt.Errorf("%w: no options", errMalformed)
	}
	var opts options
	if err := (message{packed: map[string][]byte{"opts": items[2]}}).decode("opts", &opts); err != nil {
		return b, err
	}
	opts.apply(&b.out)
	b.sel = opts.selection()
	return b, nil
}
