package socketio

import "encoding/json"

// encodeEvent encodes an event as the server's clients understand it; the id is
// nil if no acknowledgement is wanted.
func (s *Server) encodeEvent(nsp, event string, args []any, id *uint64) (*Packet, error) {
	return encodeEvent(nsp, event, args, id)
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
