package dialect

import (
	"slices"
	"strings"
)

// Shape describes an event in a line: the types of its arguments, without their values.
func Shape(h Heard) string {
	parts := make([]string, len(h.Args))
	for i, arg := range h.Args {
		parts[i] = shapeOf(arg, 0)
	}
	shape := "(" + strings.Join(parts, ", ") + ")"
	if h.Ack {
		shape += " and waits for an acknowledgement"
	}
	return shape
}

func shapeOf(value any, depth int) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case []any:
		if len(v) == 0 || depth > 2 {
			return "list"
		}
		return "list of " + shapeOf(v[0], depth+1)
	case map[string]any:
		if depth > 2 {
			return "object"
		}
		members := make([]string, 0, len(v))
		for name, member := range v {
			members = append(members, key(name)+": "+shapeOf(member, depth+1))
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ", ") + "}"
	default:
		return kindOf(v)
	}
}
