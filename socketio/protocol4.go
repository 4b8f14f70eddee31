package socketio

import (
	"bytes"
	"encoding/json"
	"net/url"
)

// Socket.IO 2.x clients (Options.AllowEIO3) speak version 4 of the protocol. It differs from version 5:
// every client joins the namespace "/" without requesting it, a socket's id is derived from the
// connection's, CONNECT packets hold a query instead of auth, and the answers to them hold no object.

// speaks4 reports whether the client speaks version 4 of the protocol.
func (c *client) speaks4() bool { return c.session.Protocol() == 3 }

// OnOpen joins the namespace "/" for a client of version 4 (engineio.Opener).
func (c *client) OnOpen() {
	if !c.speaks4() {
		return
	}
	if err := c.connect(packet{typ: typeConnect, nsp: "/"}); err != nil {
		c.server.opts.Logger.Error("socketio: cannot connect protocol 4 client", "error", err) // a packet without auth cannot fail
	}
}

// parse decodes a packet of the client.
func (c *client) parse(raw []byte) (packet, error) {
	if c.speaks4() {
		return parsePacket4(raw)
	}
	return parsePacket(raw)
}

// parsePacket4 decodes a version 4 packet. The query after the namespace in a CONNECT packet becomes
// its auth.
func parsePacket4(raw []byte) (packet, error) {
	if len(raw) == 0 || packetType(raw[0]) != typeConnect {
		return parsePacket(raw)
	}
	nsp, rest, _ := bytes.Cut(raw, []byte{','})
	nsp, query, asked := bytes.Cut(nsp, []byte{'?'})
	if !asked {
		return parsePacket(raw)
	}
	if len(rest) > 0 {
		return packet{}, errPayload
	}
	p, err := parsePacket(nsp)
	if err != nil {
		return packet{}, err
	}
	// Ignore malformed parts, as in Handshake.Query.
	parameters, _ := url.ParseQuery(string(query))
	p.payload, err = encodeParameters(parameters)
	return p, err
}

// encodeParameters encodes parameters as a JSON object of strings; among several with the same name the
// last wins.
func encodeParameters(parameters url.Values) ([]byte, error) {
	if len(parameters) == 0 {
		return nil, nil
	}
	last := make(map[string]string, len(parameters))
	for name, values := range parameters {
		last[name] = values[len(values)-1]
	}
	return json.Marshal(last)
}

// id4 returns the id of the client's socket in a namespace. The client derives it in the same way.
func (c *client) id4(nsp string) string {
	if nsp == "/" {
		return c.session.ID()
	}
	return nsp + "#" + c.session.ID()
}

// payload4 returns the version 4 form of a control packet's payload: nothing for a CONNECT packet; for
// an error its data, or its message if there is no data.
func payload4(payload any) any {
	switch payload := payload.(type) {
	case open:
		return nil
	case connectError:
		if payload.Data != nil {
			return payload.Data
		}
		return payload.Message
	}
	return payload
}
