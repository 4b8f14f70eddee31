package msgpack

import (
	"encoding/json"
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
)

// The functions of this file are for adapters, which embed arguments in their own messages.

// Check verifies that the data is exactly one value, nested at most maxDepth levels deep, of the types
// that npm's notepack.io writes, and that all map keys are strings. It allocates nothing, whatever the
// data claims.
func Check(data []byte, maxDepth int) error {
	_, rest, err := skim(data, maxDepth)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errTrailing
	}
	return nil
}

// AppendArg appends an argument as one value. Binary stays binary.
func AppendArg(dst []byte, a socketio.Arg) ([]byte, error) {
	if raw, ok := a.Value().(json.RawMessage); ok && raw == nil {
		return msgp.AppendNil(dst), nil
	}
	return appendValue(dst, a.Value())
}

// ReadArg splits off the first value of data that Check has accepted.
func ReadArg(data []byte) (a socketio.Arg, rest []byte, err error) {
	value, rest, err := cut(data)
	if err != nil {
		return a, nil, err
	}
	a, err = argument(value)
	return a, rest, err
}

// Fields returns the values of a map by key, each as MessagePack. Check must have accepted the data.
func Fields(data []byte) (map[string][]byte, error) {
	n, rest, err := msgp.ReadMapHeaderBytes(data)
	if err != nil {
		return nil, fmt.Errorf("%w: not a map", errPacket)
	}
	fields := make(map[string][]byte, min(n, 16))
	for range n {
		var key, value []byte
		if key, rest, err = msgp.ReadStringZC(rest); err != nil {
			return nil, err
		}
		if value, rest, err = cut(rest); err != nil {
			return nil, err
		}
		fields[string(key)] = value
	}
	return fields, nil
}

// Items returns the values of an array, each as MessagePack. Check must have
// accepted the data.
func Items(data []byte) ([][]byte, error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(data)
	if err != nil {
		return nil, fmt.Errorf("%w: not an array", errPacket)
	}
	items := make([][]byte, 0, min(n, 16))
	for range n {
		var item []byte
		if item, rest, err = cut(rest); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
