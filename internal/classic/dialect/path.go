package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Path locates a field in an event's arguments: "0" is the first argument, "0.username" or
// "username" a member of that object, and "username or name" the first of the two that is present.
type Path []place

type place struct {
	arg     int
	members []string
}

// ParsePath reads a path.
func ParsePath(text string) (Path, error) {
	var path Path
	for alternative := range strings.SplitSeq(text, " or ") {
		parts := strings.Split(strings.TrimSpace(alternative), ".")
		p := place{}
		if n, err := strconv.Atoi(parts[0]); err == nil || errors.Is(err, strconv.ErrRange) {
			if n < 0 || n > 15 {
				return nil, fmt.Errorf("%q: arguments are counted from 0 to 15", text)
			}
			p.arg, parts = n, parts[1:]
		}
		for _, part := range parts {
			if part == "" {
				return nil, fmt.Errorf("%q is not a path to an argument; write 0, 0.text, text, or text or body", text)
			}
		}
		p.members = parts
		path = append(path, p)
	}
	return path, nil
}

// Find returns the value at the first alternative of the path that has one, or nil.
func (p Path) Find(args []any) any {
	for _, place := range p {
		if value := place.find(args); value != nil {
			return value
		}
	}
	return nil
}

func (p place) find(args []any) any {
	if p.arg >= len(args) {
		return nil
	}
	value := args[p.arg]
	for _, member := range p.members {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[member]
	}
	return value
}

// String returns the path in the form of a table.
func (p Path) String() string {
	alternatives := make([]string, len(p))
	for i, place := range p {
		if place.arg > 0 || len(place.members) == 0 {
			alternatives[i] = strconv.Itoa(place.arg)
		}
		for _, member := range place.members {
			alternatives[i] += "." + member
		}
		alternatives[i] = strings.TrimPrefix(alternatives[i], ".")
	}
	return strings.Join(alternatives, " or ")
}

// Text returns the field as text, or "" if it is absent or neither text nor a number.
func (a *Action) Text(field Field, args []any) string {
	switch value := a.Fields[field].Find(args).(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	default:
		return ""
	}
}

// Number returns the field as a number.
func (a *Action) Number(field Field, args []any) (number float64, ok bool) {
	var err error
	switch value := a.Fields[field].Find(args).(type) {
	case json.Number:
		number, err = value.Float64()
	case string:
		number, err = strconv.ParseFloat(value, 64)
	default:
		return 0, false
	}
	return number, err == nil
}

// Missing returns the first required field that the arguments lack, or "". A user whose name is
// known need not give it again.
func (a *Action) Missing(args []any, named bool) Field {
	for _, field := range a.Required {
		if a.Text(field, args) == "" && (field != FieldName || !named) {
			return field
		}
	}
	return ""
}

// kindOf returns the type name of an argument.
func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "text"
	case json.Number:
		return "number"
	case map[string]any:
		return "object"
	default:
		return ""
	}
}

// truthy reports whether JavaScript considers a value true.
func truthy(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case json.Number:
		f, err := v.Float64()
		return err != nil || f != 0
	default:
		return true
	}
}
