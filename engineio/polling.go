package engineio

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// servePoll answers a GET of an open session as soon as something is queued (protocol, "HTTP
// long-polling").
func (s *Session) servePoll(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.server.deadlines.passed(&s.beat) && !s.busy.Load() {
		s.endLocked(ReasonPingTimeout, 0)
		s.server.refuse(w, r, errUnknownSession)
		return
	}
	if s.poll != nil {
		s.endLocked(ReasonTransportError, 0)
		s.server.refuse(w, r, errBadRequest)
		return
	}
	if (s.queue.packets == 0 || s.corks > 0) && s.state == stateOpen && s.conn == nil {
		poll := make(chan struct{}, 1)
		s.poll, s.crossing = poll, s.upgrading()
		var crossed <-chan time.Time
		if s.crossing {
			timer := time.NewTimer(crossingTimeout)
			defer timer.Stop()
			crossed = timer.C
		}
		s.mu.Unlock()
		// The server's write timeout is for responses, not for waiting.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		select {
		case <-poll:
		case <-crossed:
		case <-r.Context().Done():
			s.mu.Lock()
			s.poll = nil
			s.endLocked(ReasonTransportError, 0)
			return
		}
		s.mu.Lock()
		s.poll = nil
		if s.crossing && s.conn != nil {
			s.mu.Unlock()
			s.server.refuse(w, r, errBadRequest)
			return
		}
	}
	s.answerPoll(w, r)
}

// crossingTimeout is how long a poll that arrives during an upgrade waits for the upgrade to finish.
// The client may have sent the upgrade's packets before the poll, in which case the session no longer
// polls. A client that waits for the poll's response before it continues the upgrade loses this time.
const crossingTimeout = 100 * time.Millisecond

// Content types of payloads. Only protocol 3 has binary payloads.
const (
	textPayload   = "text/plain; charset=UTF-8"
	binaryPayload = "application/octet-stream"
)

// answerPoll sends what is queued, or a noop. It is called with the lock held and releases it.
func (s *Session) answerPoll(w http.ResponseWriter, r *http.Request) {
	var payload []byte
	contentType := textPayload
	if s.conn == nil {
		if s.farewell != nil && s.queue.packets == 0 {
			// Send the close packet alone: official clients process packets that precede it only after
			// they have closed.
			s.queue.push(s.farewell)
			s.farewell = nil
			s.server.deadlines.clear(&s.beat)
			s.server.forget(s)
		}
		if s.refusal != nil && s.queue.packets == 0 {
			s.server.deadlines.clear(&s.beat)
			s.server.forget(s)
			s.mu.Unlock()
			s.server.refuse(w, r, s.refusal)
			return
		}
		if s.version3 {
			payload, contentType = s.queue.payload3(s.server.opts.MaxPollPackets, s.base64)
		} else {
			payload = s.queue.appendPayload(make([]byte, 0, min(s.queue.bytes, gatherLimit)), s.server.opts.MaxPollPackets)
		}
		if s.refusal != nil && s.queue.packets == 0 {
			s.server.deadlines.clear(&s.beat)
			s.server.forget(s) // the next poll is refused with "unknown session"
		}
		s.ease()
	}
	s.mu.Unlock()
	if len(payload) == 0 {
		payload, contentType = s.noop()
	}
	h := w.Header()
	if from := s.server.opts.CompressPollsFrom; from > 0 && len(payload) >= from && AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		if small := gzipped(payload); small != nil {
			payload = small
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(payload)))
	h.Set("Cache-Control", "no-store")
	s.server.writeBounded(w, payload)
}

// writeBounded writes a response's body within the allowed time. It fails only if the client has gone
// or reads too slowly; the heartbeat then ends its session.
func (s *Server) writeBounded(w http.ResponseWriter, body []byte) {
	rc := http.NewResponseController(w)
	// Connections without support for deadlines go unlimited.
	_ = rc.SetWriteDeadline(time.Now().Add(s.opts.BodyTimeout))
	if _, err := w.Write(body); err != nil { //nolint:gosec // text/plain; anything from the request is inside JSON
		return
	}
	if rc.Flush() == nil {
		_ = rc.SetWriteDeadline(time.Time{})
	}
}

// servePost handles the packets of a POST. Packets before a broken one take effect.
func (s *Session) servePost(w http.ResponseWriter, r *http.Request) {
	if s.ended() {
		s.server.refuse(w, r, errUnknownSession)
		return
	}
	s.mu.Lock()
	if s.posting {
		s.endLocked(ReasonTransportError, 0)
		s.server.refuse(w, r, errBadRequest)
		return
	}
	s.posting = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.posting = false
		s.mu.Unlock()
	}()

	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == binaryPayload && !s.version3 {
		s.end(ReasonTransportError, 0)
		s.server.refuse(w, r, errBadRequest)
		return
	}
	err := s.takeBody(w, r, s.packetReader(kind))
	var oversize *oversizeError
	var broken *bodyError
	switch {
	case errors.As(err, &oversize):
		s.refuseOversize(w, r, oversize)
		return
	case errors.As(err, &broken):
		s.end(ReasonTransportError, 0)
		s.server.refuse(w, r, errBadRequest)
		return
	case err != nil:
		s.end(ReasonParseError, 0)
		s.server.refuse(w, r, errBadRequest)
		return
	}
	h := w.Header()
	// Not text/plain, which some browser plug-ins treated as a download.
	h.Set("Content-Type", "text/html")
	h.Set("Content-Length", "2")
	_, _ = io.WriteString(w, "ok") // fails only if the client has gone
}

// corkTimeout limits how long outgoing packets wait for the rest of an incoming payload, because a
// receiver may block for any time.
const corkTimeout = 50 * time.Millisecond
