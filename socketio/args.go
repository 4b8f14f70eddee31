package socketio

import (
	"bytes"
	"encoding/json"
)

// Args are the arguments of an event or of an acknowledgement.
type Args []Arg

// Arg is one argument as it was received.
type Arg struct {
	raw  json.RawMessage // set unless the argument contains binary
	tree any             // set if it does: JSON values with []byte leaves
}

// NewArg creates an argument from a value, encoded as Emit would.
func NewArg(v any) (Arg, error) {
	plain, attachments := extract([]any{v})
	raw, err := appendJSON(nil, plain[0])
	if err != nil || len(attachments) == 0 {
		return Arg{raw: raw}, err
	}
	tree, err := decodeTree(raw, attachments)
	return Arg{raw: raw, tree: tree}, err
}

// MarshalJSON implements json.Marshaler; see Raw.
func (a Arg) MarshalJSON() ([]byte, error) {
	if a.raw == nil && a.tree == nil {
		return []byte("null"), nil
	}
	return a.Raw(), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *Arg) UnmarshalJSON(raw []byte) error {
	*a = Arg{raw: bytes.Clone(raw)}
	return nil
}

// Decode decodes the argument into what v points to, by the rules of encoding/json. Binary decodes into
// []byte. Numbers in arguments with binary parts decode into json.Number where v leaves the choice. An
// Arg receives an unmodified copy.
func (a Arg) Decode(v any) error {
	if same, ok := v.(*Arg); ok {
		*same = a
		return nil
	}
	if a.tree == nil {
		if text, ok := v.(*string); ok && text != nil && len(a.raw) > 0 {
			if plain, ok := plainString(a.raw); ok {
				*text = plain
				return nil
			}
		}
		return json.Unmarshal(a.raw, v)
	}
	switch v := v.(type) {
	case *any:
		*v = a.tree
		return nil
	case *[]byte:
		if data, ok := a.tree.([]byte); ok {
			*v = data
			return nil
		}
	}
	raw, err := json.Marshal(a.tree)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// Value returns a value that Emit sends as the argument was received.
func (a Arg) Value() any {
	if a.tree == nil {
		return a.raw
	}
	return a.tree
}

// Raw returns the argument's JSON, with binary parts as base64 strings.
func (a Arg) Raw() json.RawMessage {
	if a.tree == nil {
		return a.raw
	}
	raw, err := json.Marshal(a.tree)
	if err != nil {
		return nil
	}
	return raw
}

// size returns the size of the arguments, in bytes.
func (a Args) size() (size int) {
	for _, arg := range a {
		size += len(arg.raw) + sizeOf(arg.tree)
	}
	return size
}

// sizeOf returns the size of a tree, in bytes, with that of the values that hold its parts.
func sizeOf(tree any) (size int) {
	const value = 16
	switch v := tree.(type) {
	case nil:
		return 0
	case []byte:
		return value + len(v)
	case string:
		return value + len(v)
	case json.Number:
		return value + len(v)
	case []any:
		for _, item := range v {
			size += sizeOf(item)
		}
	case map[string]any:
		for name, member := range v {
			size += value + len(name) + sizeOf(member)
		}
	}
	return value + size
}

// Decode decodes the argument at index i. It returns ErrMissingArgument if there are fewer.
func (a Args) Decode(i int, v any) error {
	if i >= len(a) {
		return ErrMissingArgument
	}
	return a[i].Decode(v)
}

// Values returns values that Emit sends as the arguments were received.
func (a Args) Values() []any {
	values := make([]any, len(a))
	for i, arg := range a {
		values[i] = arg.Value()
	}
	return values
}

// decodeTree decodes JSON that contains placeholders and replaces them with the attachments (protocol,
// "Packet encoding").
func decodeTree(raw []byte, attachments [][]byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	return reconstruct(tree, attachments)
}
