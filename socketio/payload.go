package socketio

import (
	"encoding/json"
	"slices"
)

// reservedEvents may not be emitted by a client (protocol, "Event").
var reservedEvents = []string{
	"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
}

// parseEvent decodes the payload of an event.
func parseEvent(payload []byte, attachments [][]byte) (name string, args Args, err error) {
	args, err = parseArgs(payload, attachments)
	if err != nil {
		return "", nil, err
	}
	if len(args) == 0 || args[0].raw[0] != '"' || args[0].Decode(&name) != nil ||
		slices.Contains(reservedEvents, name) {
		return "", nil, errPayload
	}
	return name, args[1:], nil
}

// parseArgs decodes a JSON array. The arguments share its memory.
func parseArgs(payload []byte, attachments [][]byte) (Args, error) {
	if len(payload) == 0 || payload[0] != '[' || !json.Valid(payload) {
		return nil, errPayload
	}
	args := splitArray(payload)
	if attachments == nil {
		return args, nil
	}
	for i := range args {
		raw := args[i].raw
		if i == 0 && raw[0] == '"' {
			continue
		}
		tree, err := decodeTree(raw, attachments)
		if err != nil {
			return nil, err
		}
		args[i].tree = tree
	}
	return args, nil
}

// checkDepth limits the nesting of JSON before a recursive decoder sees it.
func checkDepth(raw []byte, limit int) error {
	depth, inString := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return errDepth
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}
