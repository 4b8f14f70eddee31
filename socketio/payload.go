package socketio

import (
	"encoding/json"
	"slices"
)

// reservedEvents cannot be emitted by a client (protocol, "Event").
var reservedEvents = []string{
	"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
}

// parseEvent decodes the payload of an event.
func parseEvent(payload []byte, attachments [][]byte) (name string, args Args, err error) {
	args, err = parseArgs(payload, attachments)
	if err != nil {
		return "", nil, err
	}
	if len(args) == 0 || json.Unmarshal(args[0].raw, &name) != nil || args[0].raw[0] != '"' ||
		slices.Contains(reservedEvents, name) {
		return "", nil, errPayload
	}
	return name, args[1:], nil
}

// parseArgs decodes a JSON array.
func parseArgs(payload []byte, attachments [][]byte) (Args, error) {
	if len(payload) == 0 || payload[0] != '[' {
		return nil, errPayload
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(payload, &raws); err != nil {
		return nil, errPayload
	}
	args := make(Args, len(raws))
	for i, raw := range raws {
		args[i].raw = raw
		if attachments == nil || i == 0 && raw[0] == '"' {
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

// checkDepth bounds the nesting of JSON before anything recursive sees it.
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
