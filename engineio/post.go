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

// oversizeError refuses a packet that is larger than the client's limit, in bytes.
type oversizeError struct{ limit int64 }

func (e *oversizeError) Error() string {
	return fmt.Sprintf("A packet must not be larger than %d bytes", e.limit)
}

// bodyError is the failure of a connection while a body is read.
type bodyError struct{ error }

// Oversized is a Receiver that wants to know when a POST is refused with status 413.
// Without it the session goes on, as with the official server. The official client
// takes this for the end of its connection, but others do not: python-engineio before
// 4.4 stops to send, and takes itself for connected.
type Oversized interface {
	// OnOversize is called when the refusal has been sent, with the limit in bytes.
	// It must see to the session's end, and no poll is answered until then.
	OnOversize(limit int64)
}

var bodyReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// takeBody takes the packets of a POST while they arrive, so that it holds one at a
// time. Those before a broken one count. What is sent meanwhile goes out together.
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
		// Deadlines are a bound where the connection knows them; net/http lifts
		// this one before the next request.
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
			return nil // the rest is of no interest
		}
	}
}

// packetReader reads the first packet of a body, of at most so many bytes, and says
// whether more follow.
type packetReader func(body *bufio.Reader, limit int64) (p packet, more bool, err error)

// packetReader gives the one for the content type of a POST.
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

// corkFor is cork for at most so long. It returns what undoes it.
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

// readRaw reads a packet as it stands in a body.
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

// refuseOversize answers a POST that has a packet which is too large.
func (s *Session) refuseOversize(w http.ResponseWriter, r *http.Request, e *oversizeError) {
	w.Header().Set("Connection", "close")
	s.server.refuse(w, r, &refusal{Code: errBadRequest.Code, Message: e.Error(), status: http.StatusRequestEntityTooLarge})
	if receiver, ok := s.receiver.(Oversized); ok {
		s.cork()
		receiver.OnOversize(e.limit)
	}
}
