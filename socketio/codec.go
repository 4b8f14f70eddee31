package socketio

import (
	"encoding/json"
	"slices"

	"partychat/engineio"
)

// encodeEvent encodes an event as the server's clients understand it; the id is
// nil if no acknowledgement is wanted.
func (s *Server) encodeEvent(nsp, event string, args []any, id *uint64) (*Packet, error) {
	return encodeEvent(nsp, event, args, id)
}

// withLastArg returns an event with one more argument, a string of characters that
// JSON does not escape.
func (s *Server) withLastArg(p *Packet, arg string) *Packet {
	text := p.messages[0].Data()
	longer := make([]byte, 0, len(text)+len(arg)+len(`,""`))
	longer = append(append(append(longer, text[:len(text)-1]...), `,"`...), arg...)
	q := *p
	q.messages = slices.Clone(p.messages)
	q.messages[0] = engineio.NewText(append(longer, `"]`...))
	if q.uncompressed {
		q.uncompress()
	}
	return &q
}

// decodeEvent decodes an event that was encoded for clients.
func (s *Server) decodeEvent(p *Packet) (name string, args Args, err error) {
	text, attachments, _ := p.Parts()
	decoded, err := parsePacket(text)
	if err != nil {
		return "", nil, err
	}
	if decoded.typ != typeEvent && decoded.typ != typeBinaryEvent {
		return "", nil, errPacketType
	}
	args, err = parseArgs(decoded.payload, attachments)
	if err != nil {
		return "", nil, err
	}
	if len(args) == 0 {
		return "", nil, errPayload
	}
	err = json.Unmarshal(args[0].raw, &name)
	return name, args[1:], err
}
