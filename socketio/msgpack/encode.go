package msgpack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tinylib/msgp/msgp"
)

// appendValue appends a JSON-like value or bytes.
func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return msgp.AppendNil(b), nil
	case bool:
		return msgp.AppendBool(b, v), nil
	case string:
		return msgp.AppendString(b, v), nil
	case []byte:
		return msgp.AppendBytes(b, v), nil
	case json.Number:
		return appendNumber(b, v)
	case json.RawMessage:
		d := json.NewDecoder(bytes.NewReader(v))
		d.UseNumber()
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		return appendValue(b, value)
	case []any:
		b = msgp.AppendArrayHeader(b, uint32(len(v)))
		for _, item := range v {
			var err error
			if b, err = appendValue(b, item); err != nil {
				return nil, err
			}
		}
		return b, nil
	case map[string]any:
		b = msgp.AppendMapHeader(b, uint32(len(v)))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			var err error
			if b, err = appendValue(msgp.AppendString(b, key), v[key]); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	return nil, fmt.Errorf("msgpack: value of type %T", v)
}

// appendNumber appends every whole number as an integer, even if written as a float: JavaScript has one
// number type, and its encoders do the same.
func appendNumber(b []byte, n json.Number) ([]byte, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return msgp.AppendInt64(b, i), nil
	}
	if u, err := strconv.ParseUint(n.String(), 10, 64); err == nil {
		return msgp.AppendUint64(b, u), nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, err
	}
	if i := int64(f); f == float64(i) && i > -1<<53 && i < 1<<53 {
		return msgp.AppendInt64(b, i), nil
	}
	return msgp.AppendFloat64(b, f), nil
}
