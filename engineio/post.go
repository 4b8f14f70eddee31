package engineio

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// oversizeError reports a packet above the client's limit, in bytes.
type oversizeError struct{ limit int64 }

func (e *oversizeError) Error() string {
	return fmt.Sprintf("A packet must not be larger than %d bytes", e.limit)
}

// bodyError reports that the connection failed while a body was read.
type bodyError struct{ error }

// Oversized is a Receiver that is notified when a POST is refused with status 413. Without it the
// session continues, as on the official server. The official client treats the refusal as the end of
// its connection, but others do not: python-engineio before 4.4 stops sending although it considers
// itself connected.
type Oversized interface {
	// OnOversize is called after the refusal has been sent, with the limit in bytes. It must end the
	// session; polls are not answered until then.
	OnOversize(limit int64)
}

var bodyReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// takeBody handles the packets of a POST as they arrive, holding one at a time. Packets before a broken
// one take effect. Replies sent meanwhile go out together.
func (s *Session) takeBody(w http.ResponseWriter, r *http.Request, read packetReader) error {
	body, _ := bodyReaders.Get().(*bufio.Reader)
	body.Reset(r.Body)
	defer func() {
		body.Reset(nil)
		bodyReaders.Put(body)
	}()
	control := http.NewResponseController(w)
	uncork := func() {}
	defer func() { uncork() }()
	for first := true; ; first = false {
		// Connections without support for deadlines go unlimited. net/http clears this deadline before
		// the next request.
		_ = control.SetReadDeadline(time.Now().Add(s.server.opts.BodyTimeout))
		p, more, err := read(body, s.maxPayload.Load())
		if err != nil {
			return err
		}
		if first && more {
			uncork = s.corkFor(corkTimeout)
		}
		if err := s.onPacket(p); err != nil || !more {
			return err
		}
		s.mu.Lock()
		open := s.state == stateOpen
		s.mu.Unlock()
		if !open {
			return nil // the session has ended; ignore the rest
		}
	}
}

// packetReader reads the first packet of a body, of at most limit bytes, and reports whether more
// follow.
type packetReader func(body *bufio.Reader, limit int64) (p packet, more bool, err error)

// packetReader returns the reader for the content type of a POST.
func (s *Session) packetReader(contentType string) packetReader {
	switch {
	case !s.version3:
		return readPacket
	case contentType == binaryPayload:
		return readBinaryPacket3
	default:
		return readPacket3
	}
}

// corkFor corks the session for at most the given time. It returns the function that uncorks it.
func (s *Session) corkFor(most time.Duration) func() {
	s.cork()
	uncork := sync.OnceFunc(s.uncork)
	timer := time.AfterFunc(most, uncork)
	return func() {
		timer.Stop()
		uncork()
	}
}

// readPacket reads a packet up to the separator or the end of the body.
func readPacket(body *bufio.Reader, limit int64) (p packet, more bool, err error) {
	raw, more, err := readRaw(body, limit)
	if err != nil {
		return packet{}, false, err
	}
	if p, _, _, err = nextPacket(raw); err == nil && p.binary && int64(len(p.data)) > limit {
		err = &oversizeError{limit}
	}
	return p, more, err
}

// readRaw reads an undecoded packet from a body.
func readRaw(body *bufio.Reader, limit int64) (raw []byte, more bool, err error) {
	for {
		piece, err := body.ReadSlice(separator)
		if more = err == nil; more {
			piece = piece[:len(piece)-1]
		}
		raw = append(raw, piece...)
		most := limit
		if len(raw) > 0 && raw[0] == 'b' {
			most = int64(base64.StdEncoding.EncodedLen(int(limit))) + 1
		}
		switch {
		case int64(len(raw)) > most:
			return nil, false, &oversizeError{limit}
		case err == nil, errors.Is(err, io.EOF):
			return raw, more, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, &bodyError{err}
		}
	}
}

// refuseOversize answers a POST that contains a packet above the limit.
func (s *Session) refuseOversize(w http.ResponseWriter, r *http.Request, e *oversizeError) {
	w.Header().Set("Connection", "close")
	s.server.refuse(w, r, &refusal{Code: errBadRequest.Code, Message: e.Error(), status: http.StatusRequestEntityTooLarge})
	if receiver, ok := s.receiver.(Oversized); ok {
		s.cork()
		receiver.OnOversize(e.limit)
	}
}
