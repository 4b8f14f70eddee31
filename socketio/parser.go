package socketio

import (
	"encoding/json"
	"slices"

	"partychat/engineio"
)

// ParsedPacket is a decoded packet, independent of encoding (protocol, "Packet types").
type ParsedPacket struct {
	Type      int // 0 CONNECT, 1 DISCONNECT, 2 EVENT, 3 ACK, 4 CONNECT_ERROR
	Namespace string
	ID        *uint64         // nil: no acknowledgement requested
	Args      Args            // of an EVENT (the first is its name) or an ACK
	Payload   json.RawMessage // of a CONNECT or CONNECT_ERROR; nil if absent
}

// Parser replaces the default encoding, text with attachments, by one binary message per packet. All
// clients of the server must use the same encoding. See package msgpack.
type Parser interface {
	Encode(p ParsedPacket) ([]byte, error)
	// Decode decodes a client's message. It must limit the nesting to maxDepth levels, and allocate no
	// more than in proportion to the data.
	Decode(data []byte, maxDepth int) (ParsedPacket, error)
}

// encodeParsed encodes an event or an acknowledgement with the parser.
func (s *Server) encodeParsed(p ParsedPacket, values []any) (*Packet, error) {
	var err error
	if p.Args, err = NewArgs(values...); err != nil {
		return nil, err
	}
	data, err := s.opts.Parser.Encode(p)
	if err != nil {
		return nil, err
	}
	return &Packet{messages: []*engineio.Message{engineio.NewBinary(data)}}, nil
}

// encodeEvent encodes an event in the server's encoding; id is nil if no acknowledgement is requested.
func (s *Server) encodeEvent(nsp, event string, args []any, id *uint64) (*Packet, error) {
	if s.opts.Parser == nil {
		return encodeEvent(nsp, event, args, id)
	}
	return s.encodeParsed(ParsedPacket{Type: int(typeEvent - typeConnect), Namespace: nsp, ID: id}, append([]any{event}, args...))
}

// encodeAck encodes an acknowledgement.
func (s *Server) encodeAck(nsp string, id uint64, args []any) (*Packet, error) {
	if s.opts.Parser == nil {
		return encodeAck(nsp, id, args)
	}
	return s.encodeParsed(ParsedPacket{Type: int(typeAck - typeConnect), Namespace: nsp, ID: &id}, slices.Clone(args))
}

// encodeControl encodes a packet whose payload is an object or absent.
func (s *Server) encodeControl(t packetType, nsp string, payload any) (*engineio.Message, error) {
	if s.opts.Parser == nil {
		return encodeControl(t, nsp, payload)
	}
	p := ParsedPacket{Type: int(t - typeConnect), Namespace: nsp}
	if payload != nil {
		var err error
		if p.Payload, err = appendJSON(nil, payload); err != nil {
			return nil, err
		}
	}
	data, err := s.opts.Parser.Encode(p)
	if err != nil {
		return nil, err
	}
	return engineio.NewBinary(data), nil
}

// receiveParsed handles a message from a client that uses the parser.
func (c *client) receiveParsed(data []byte, binary bool) error {
	if !binary {
		return errPacketType
	}
	parsed, err := c.server.opts.Parser.Decode(data, c.server.opts.MaxDepth)
	if err != nil {
		return err
	}
	p := packet{typ: typeConnect + packetType(parsed.Type), nsp: parsed.Namespace, payload: parsed.Payload, args: parsed.Args, size: int64(len(data))}
	if parsed.Type < 0 || p.typ > typeConnectError {
		return errPacketType
	}
	if len(p.nsp) > maxNamespaceName || p.nsp == "" {
		return errNamespace
	}
	if p.args != nil && (p.typ != typeEvent && p.typ != typeAck) || p.payload != nil && p.typ != typeConnect {
		return errPayload
	}
	if parsed.ID != nil {
		p.id, p.hasID = *parsed.ID, true
	}
	return c.dispatch(p, nil)
}

// event returns the name and the arguments of an event.
func (p packet) event(attachments [][]byte) (name string, args Args, err error) {
	if p.args == nil {
		return parseEvent(p.payload, attachments)
	}
	if len(p.args) == 0 || p.args[0].Decode(&name) != nil || slices.Contains(reservedEvents, name) {
		return "", nil, errPayload
	}
	return name, p.args[1:], nil
}

// acknowledgement returns the arguments of an acknowledgement.
func (p packet) acknowledgement(attachments [][]byte) (Args, error) {
	if p.args == nil {
		return parseArgs(p.payload, attachments)
	}
	return p.args, nil
}
