package msgpack

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// skim validates one value: that it is complete, within the nesting limit, and of known types. It
// reports whether the value contains binary. It allocates nothing, whatever a header claims.
func skim(b []byte, depth int) (hasBinary bool, rest []byte, err error) {
	if depth < 0 {
		return false, nil, errDepth
	}
	switch t := msgp.NextType(b); t {
	case msgp.ArrayType, msgp.MapType:
		var n uint32
		var items uint64
		if t == msgp.ArrayType {
			n, b, err = msgp.ReadArrayHeaderBytes(b)
			items = uint64(n)
		} else {
			n, b, err = msgp.ReadMapHeaderBytes(b)
			items = 2 * uint64(n)
		}
		if err != nil || items > uint64(len(b)) {
			return false, nil, errPacket
		}
		for i := range items {
			if t == msgp.MapType && i%2 == 0 {
				if _, b, err = msgp.ReadStringZC(b); err != nil {
					return false, nil, errPacket
				}
				continue
			}
			var found bool
			if found, b, err = skim(b, depth-1); err != nil {
				return false, nil, err
			}
			hasBinary = hasBinary || found
		}
		return hasBinary, b, nil
	case msgp.ExtensionType, msgp.TimeType, msgp.Complex64Type, msgp.Complex128Type:
		value, rest, err := cut(b)
		if err != nil {
			return false, nil, errPacket
		}
		_, hasBinary, err := extension(value)
		return hasBinary, rest, err
	case msgp.BinType:
		_, rest, err = msgp.ReadBytesZC(b)
		return true, rest, err
	default:
		rest, err = msgp.Skip(b)
		return false, rest, err
	}
}

// isNothing reports whether a value is nil or undefined.
func isNothing(b []byte) bool {
	return msgp.NextType(b) == msgp.NilType || len(b) == 3 && b[0] == fixExt1 && b[1] == 0
}

const (
	fixExt1 = 0xd4
	fixExt4 = 0xd6
	fixExt8 = 0xd7
	ext8    = 0xc7
	ext16   = 0xc8
	ext32   = 0xc9
)

// extension decodes the extensions that official clients write: MessagePack's timestamp, of type -1,
// which notepack.io 3 writes for a Date, and those of notepack.io 2, undefined, Date and ArrayBuffer,
// all of type 0.
func extension(b []byte) (v any, isBinary bool, err error) {
	head := map[byte]int{fixExt1: 1, fixExt4: 1, fixExt8: 1, ext8: 2, ext16: 3, ext32: 5}[b[0]]
	if head == 0 || len(b) <= head {
		return nil, false, errExtension
	}
	data := b[head+1:]
	switch {
	case b[head] == timestampType:
		v, err = timestamp(data)
		return v, false, err
	case b[head] != 0 || b[0] == fixExt4:
		return nil, false, errExtension
	case b[0] == fixExt1:
		return nil, false, nil
	case b[0] == fixExt8:
		return date(int64(binary.BigEndian.Uint64(data))), false, nil
	}
	return data, true, nil
}

// timestampType is the extension type -1 (MessagePack, "Timestamp extension type").
const timestampType = 0xff

// timestamp decodes the three formats of a timestamp.
func timestamp(data []byte) (any, error) {
	var seconds, nanoseconds int64
	switch len(data) {
	case 4:
		seconds = int64(binary.BigEndian.Uint32(data))
	case 8:
		both := binary.BigEndian.Uint64(data)
		seconds, nanoseconds = int64(both&(1<<34-1)), int64(both>>34)
	case 12:
		nanoseconds, seconds = int64(binary.BigEndian.Uint32(data)), int64(binary.BigEndian.Uint64(data[4:]))
	default:
		return nil, errExtension
	}
	if seconds < -maxDate/1000 || seconds > maxDate/1000 {
		return nil, nil //nolint:nilnil // JSON null, like any invalid Date
	}
	return date(seconds*1000 + nanoseconds/1e6), nil
}

// date returns the JSON form of a Date, given in milliseconds since 1970: null for an invalid one.
func date(ms int64) any {
	if ms < -maxDate || ms > maxDate {
		return nil
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// maxDate is the latest JavaScript Date, in milliseconds since 1970.
const maxDate = 8.64e15

// appendJSON appends the JSON form of a value without binary that skim has accepted.
func appendJSON(dst, b []byte) (out, rest []byte, err error) {
	switch msgp.NextType(b) {
	case msgp.ArrayType:
		var n uint32
		if n, b, err = msgp.ReadArrayHeaderBytes(b); err != nil {
			return nil, nil, err
		}
		dst = append(dst, '[')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, b, err = appendJSON(dst, b); err != nil {
				return nil, nil, err
			}
		}
		return append(dst, ']'), b, nil
	case msgp.MapType:
		var n uint32
		if n, b, err = msgp.ReadMapHeaderBytes(b); err != nil {
			return nil, nil, err
		}
		dst = append(dst, '{')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			for _, after := range []string{":", ""} {
				if dst, b, err = appendJSON(dst, b); err != nil {
					return nil, nil, err
				}
				dst = append(dst, after...)
			}
		}
		return append(dst, '}'), b, nil
	default:
	}
	value, rest, err := tree(b)
	if err != nil {
		return nil, nil, err
	}
	if number, ok := value.(json.Number); ok {
		return append(dst, number...), rest, nil
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // packets are not embedded in pages
	err = enc.Encode(value)
	return append(dst, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...), rest, err
}

// tree decodes a value that skim has accepted.
func tree(b []byte) (v any, rest []byte, err error) {
	switch msgp.NextType(b) {
	case msgp.NilType:
		rest, err = msgp.ReadNilBytes(b)
	case msgp.BoolType:
		v, rest, err = msgp.ReadBoolBytes(b)
	case msgp.StrType:
		v, rest, err = msgp.ReadStringBytes(b)
	case msgp.BinType:
		v, rest, err = msgp.ReadBytesBytes(b, nil)
	case msgp.IntType:
		var i int64
		i, rest, err = msgp.ReadInt64Bytes(b)
		v = json.Number(strconv.FormatInt(i, 10))
	case msgp.UintType:
		var u uint64
		u, rest, err = msgp.ReadUint64Bytes(b)
		v = json.Number(strconv.FormatUint(u, 10))
	case msgp.Float64Type:
		var f float64
		f, rest, err = msgp.ReadFloat64Bytes(b)
		v = number(f)
	case msgp.Float32Type:
		var f float32
		f, rest, err = msgp.ReadFloat32Bytes(b)
		v = number(float64(f))
	case msgp.ArrayType:
		return arrayTree(b)
	case msgp.MapType:
		return mapTree(b)
	default:
		var value []byte
		if value, rest, err = cut(b); err == nil {
			v, _, err = extension(value)
		}
	}
	return v, rest, err
}

// number returns null for numbers that JSON cannot represent, like JavaScript.
func number(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}

func arrayTree(b []byte) (v any, rest []byte, err error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil {
		return nil, nil, err
	}
	items := make([]any, 0, n)
	for range n {
		var item any
		if item, rest, err = tree(rest); err != nil {
			return nil, nil, err
		}
		items = append(items, item)
	}
	return items, rest, nil
}

func mapTree(b []byte) (v any, rest []byte, err error) {
	n, rest, err := msgp.ReadMapHeaderBytes(b)
	if err != nil {
		return nil, nil, err
	}
	items := make(map[string]any)
	for range n {
		var key string
		if key, rest, err = msgp.ReadStringBytes(rest); err != nil {
			return nil, nil, err
		}
		if items[key], rest, err = tree(rest); err != nil {
			return nil, nil, err
		}
	}
	return items, rest, nil
}
