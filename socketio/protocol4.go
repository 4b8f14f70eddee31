package socketio

import (
	"bytes"
	"encoding/json"
	"net/url"
)

// Clients of Socket.IO 2.x (Options.AllowEIO3) speak version 4 of the protocol. It
// differs from version 5 in this: every client is in the namespace "/" without asking
// for it, a socket's id is made of the connection's, CONNECT packets hold a query
// instead of auth, and the answers to them hold no object.

// speaks4 says whether the client speaks version 4 of the protocol.
func (c *client) speaks4() bool { return c.session.Protocol() == 3 }

// OnOpen joins the namespace "/" for a client of version 4 (engineio.Opener).
func (c *client) OnOpen() {
	if !c.speaks4() {
		return
	}
	if err := c.connect(packet{typ: typeConnect, nsp: "/"}); err != nil {
		c.server.opts.Logger.Error("socketio: a client of protocol 4 not connected", "error", err) // a packet without auth cannot fail
	}
}

// parse decodes a packet of the client.
func (c *client) parse(raw []byte) (packet, error) {
	if c.speaks4() {
		return parsePacket4(raw)
	}
	return parsePacket(raw)
}

// parsePacket4 decodes a packet of version 4. The query that a CONNECT packet has
// behind its namespace becomes its auth.
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
	// What cannot be read of it is left out, as in Handshake.Query.
	parameters, _ := url.ParseQuery(string(query))
	p.payload, err = encodeParameters(parameters)
	return p, err
}

// encodeParameters gives parameters as a JSON object of strings; of several with the
// same name the last counts.
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

// id4 is the id of the client's socket in a namespace, which the client works out in
// the same way.
func (c *client) id4(nsp string) string {
	if nsp == "/" {
		return c.session.ID()
	}
	return nsp + "#" + c.session.ID()
}

// payload4 is what a packet that is no event has in version 4, where it has another
// payload in version 5: nothing in a CONNECT packet, and an error's data, or else its
// message, by itself.
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
