package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// splitArray returns the elements of a valid JSON array, sharing its memory.
func splitArray(raw []byte) Args {
	var args Args
	depth, start, inString := 0, 0, false
	add := func(end int) {
		if element := bytes.TrimSpace(raw[start:end]); len(element) > 0 {
			args = append(args, Arg{raw: element})
		}
		start = end + 1
	}
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth == 1 {
				start = i + 1
			}
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				add(i)
			}
		case c == ',' && depth == 1:
			add(i)
		}
	}
	return args
}

// plainString returns the text of a valid JSON string without escapes, which most strings are.
func plainString(raw []byte) (text string, ok bool) {
	if raw[0] != '"' || bytes.IndexByte(raw, '\\') >= 0 || !utf8.Valid(raw) {
		return "", false
	}
	return string(raw[1 : len(raw)-1]), true
}

// isPlain reports whether a text needs no escaping in a JSON string.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			return false
		}
	}
	return utf8.ValidString(text)
}

var errRaw = errors.New("socketio: encode: json.RawMessage is not JSON")

// appendJSON appends v without HTML escaping, which browser clients do not need and which makes packets
// longer.
func appendJSON(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		if isPlain(v) {
			return appendPlain(dst, v), nil
		}
	case json.RawMessage:
		if v == nil {
			return append(dst, "null"...), nil
		}
		if !json.Valid(v) {
			return nil, errRaw
		}
		return append(dst, v...), nil
	}
	out := appender(dst)
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("socketio: encode: %w", err)
	}
	return bytes.TrimSuffix(out, []byte("\n")), nil
}

// appendEvent appends the name of an event.
func appendEvent(dst []byte, name string) ([]byte, error) {
	if isPlain(name) {
		return appendPlain(dst, name), nil
	}
	return appendJSON(dst, name)
}

// appendPlain appends a text for which isPlain holds.
func appendPlain(dst []byte, text string) []byte {
	return append(append(append(dst, '"'), text...), '"')
}

// appender appends what is written to it.
type appender []byte

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}
