package socketio

import (
	"encoding/json"
	"slices"

	"partychat/engineio"
)

// storedDepth limits the nesting of packets that this server has encoded itself. The parser adds levels
// of its own, and the sum must not overflow a 32-bit int.
const storedDepth = 1 << 20

// withLastArg returns an event with an additional last argument, a string that needs no JSON escaping.
func (s *Server) withLastArg(p *Packet, arg string) *Packet {
	q := *p
	if s.opts.Parser != nil {
		parsed, err := s.opts.Parser.Decode(p.messages[0].Data(), storedDepth)
		if err != nil {
			s.opts.Logger.Error("socketio: event sent without its offset", "error", err)
			return p
		}
		longer, err := s.encodeParsed(parsed, append(parsed.Args.Values(), arg))
		if err != nil {
			s.opts.Logger.Error("socketio: event sent without its offset", "error", err)
			return p
		}
		q.messages = longer.messages
	} else {
		text := p.messages[0].Data()
		longer := make([]byte, 0, len(text)+len(arg)+len(`,""`))
		longer = append(append(append(longer, text[:len(text)-1]...), `,"`...), arg...)
		q.messages = slices.Clone(p.messages)
		q.messages[0] = engineio.NewText(append(longer, `"]`...))
	}
	if q.uncompressed {
		q.uncompress()
	}
	return &q
}

// decodeEvent decodes an event that was encoded for clients.
func (s *Server) decodeEvent(p *Packet) (name string, args Args, err error) {
	if s.opts.Parser != nil {
		parsed, err := s.opts.Parser.Decode(p.messages[0].Data(), storedDepth)
		if err == nil && (parsed.Type != int(typeEvent-typeConnect) || len(parsed.Args) == 0) {
			err = errPacketType
		}
		if err != nil {
			return "", nil, err
		}
		err = parsed.Args[0].Decode(&name)
		return name, parsed.Args[1:], err
	}
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
