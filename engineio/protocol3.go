package engineio

import "net/url"

// Version 3 of the protocol (Options.AllowEIO3) differs from version 4 in three ways: the client sends
// the heartbeats, a binary packet is preceded by its type, and polling payloads have lengths instead of
// separators. Packets and the upgrade are the same. The only cost for a version 4 session is checking
// one flag when it polls, receives a packet or reaches a deadline.

// version returns the protocol version of a request, or 0 if the server does not support it.
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

// wantsBase64 reports whether a version 3 client cannot receive binary on the transport of this
// request.
func wantsBase64(query url.Values) bool { return query.Get("b64") != "" }

// formOf returns the form of the frames that a client takes on the connection of this request.
func formOf(query url.Values) form {
	if query.Get("EIO") != "3" {
		return 0
	}
	if wantsBase64(query) {
		return formVersion3 | formBase64
	}
	return formVersion3
}

// Protocol returns the protocol version that the client speaks: 4, or with Options.AllowEIO3 possibly
// 3.
func (s *Session) Protocol() int {
	if s.version3 {
		return 3
	}
	return 4
}

// An Opener is a Receiver that is notified when its session has been opened.
type Opener interface {
	Receiver
	// OnOpen is called once, before anything is received. Messages sent from it follow the handshake.
	OnOpen()
}

// tellOpen notifies the receiver if it is an Opener.
func (s *Session) tellOpen() {
	if o, ok := s.receiver.(Opener); ok {
		o.OnOpen()
	}
}

var pongMessage = newTextPacket(typePong, nil)

// answerBeat answers a client's heartbeat and restarts the deadline for the next one.
func (s *Session) answerBeat() {
	s.mu.Lock()
	if s.state == stateOpen {
		s.server.deadlines.set(&s.beat, s, beatDue)
	}
	s.mu.Unlock()
	_ = s.Send(pongMessage) // a closed session answers nothing
}

// noop returns the payload that answers a poll when nothing is queued.
func (s *Session) noop() (payload []byte, contentType string) {
	if !s.version3 {
		return noopMessage.appendPayload(nil), textPayload
	}
	return encodePayload3([]*Message{noopMessage}, s.base64)
}
