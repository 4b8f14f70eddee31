package socketio

import (
	"encoding/json"
	"slices"
)

// placeholder represents an attachment in JSON.
type placeholder struct {
	Placeholder bool `json:"_placeholder"`
	Num         int  `json:"num"`
}

// extract moves the binary parts of arguments into attachments. It does not modify the caller's slice.
func extract(args []any) (plain []any, attachments [][]byte) {
	plain = args
	for i, arg := range args {
		switch arg.(type) {
		case []byte, []any, map[string]any:
			if len(attachments) == 0 {
				plain = slices.Clone(plain)
			}
			plain[i] = deconstruct(arg, &attachments)
		}
	}
	return plain, attachments
}

// deconstruct moves the binary leaves of a value into attachments. It descends only into []any and
// map[string]any; other types are left to encoding/json, which encodes a []byte inside a struct as a
// base64 string.
func deconstruct(v any, attachments *[][]byte) any {
	switch v := v.(type) {
	case []byte:
		*attachments = append(*attachments, v)
		return placeholder{Placeholder: true, Num: len(*attachments) - 1}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = deconstruct(v[i], attachments)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = deconstruct(v[key], attachments)
		}
		return out
	}
	return v
}

// reconstruct replaces placeholders with attachments. It modifies tree in place.
func reconstruct(tree any, attachments [][]byte) (any, error) {
	switch v := tree.(type) {
	case []any:
		for i := range v {
			var err error
			if v[i], err = reconstruct(v[i], attachments); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if v["_placeholder"] == true {
			num, ok := v["num"].(json.Number)
			if !ok {
				return nil, errAttachments
			}
			i, err := num.Int64()
			if err != nil || i < 0 || i >= int64(len(attachments)) {
				return nil, errAttachments
			}
			return attachments[i], nil
		}
		for key := range v {
			var err error
			if v[key], err = reconstruct(v[key], attachments); err != nil {
				return nil, err
			}
		}
	}
	return tree, nil
}
