package engineio

import "net/url"

// Version 3 of the protocol (Options.AllowEIO3) differs from version 4 in this: the
// client sends the heartbeats, a binary packet has its type before it, and polling
// payloads have lengths instead of separators. The packets and the upgrade are the
// same. What a session of version 4 does besides is to look at one flag where it
// polls, receives a packet, or is told of a deadline.

// version is the version of the protocol that a request is made in; 0 if the server
// does not speak it.
func (s *Server) version(query url.Values) int {
	switch query.Get("EIO") {
	case "4":
		return 4
	case "3":
		if s.opts.AllowEIO3 {
			return 3
		}
	}
	return 0
}

// wantsBase64 says whether a client of version 3 cannot take binary on the transport
// that it makes the request for.
func wantsBase64(query url.Values) bool { return query.Get("b64") != "" }

// formOf is the form in which a client takes frames on the connection that it makes
// the request for.
func formOf(query url.Values) form {
	if query.Get("EIO") != "3" {
		return 0
	}
	if wantsBase64(query) {
		return formVersion3 | formBase64
	}
	return formVersion3
}

// Protocol is the version of the protocol that the client speaks: 4, or 3 where
// Options.AllowEIO3 lets it.
func (s *Session) Protocol() int {
	if s.version3 {
		return 3
	}
	return 4
}

// An Opener is a Receiver that is to know when its session has been opened.
type Opener interface {
	Receiver
	// OnOpen is called once, before anything is received. What is sent then
	// follows the handshake.
	OnOpen()
}

// tellOpen tells a receiver that wants to know.
func (s *Session) tellOpen() {
	if o, ok := s.receiver.(Opener); ok {
		o.OnOpen()
	}
}

var pongMessage = newTextPacket(typePong, nil)

// answerBeat answers a client's heartbeat, after which it has the time for the next
// one.
func (s *Session) answerBeat() {
	s.mu.Lock()
	if s.state == stateOpen {
		s.server.deadlines.set(&s.beat, s, beatDue)
	}
	s.mu.Unlock()
	_ = s.Send(pongMessage) // a closed session answers nothing
}

// noop is the payload that answers a poll when there is nothing to say.
func (s *Session) noop() (payload []byte, contentType string) {
	if !s.version3 {
		return noopMessage.appendPayload(nil), textPayload
	}
	return encodePayload3([]*Message{noopMessage}, s.base64)
}
