package client

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
)

var (
	errDisconnected = errors.New("the server has disconnected the socket")
	errClosed       = errors.New("the server has closed the connection")
)

// refusedError is the connect_error of a server that refuses the client.
type refusedError struct {
	Message string
	Data    struct{ Code string }
}

func (r *refusedError) Error() string { return "refused: " + r.Data.Code + ": " + r.Message }

// handler receives events and acknowledgements from one goroutine, in order.
type handler interface {
	event(name string, argument json.RawMessage)
	answer(ack int, argument json.RawMessage)
}

// socket is one connection to the default namespace.
type socket struct {
	transport transport

	mu      sync.Mutex
	queue   []string // packets to write
	nextAck int
	wake    chan struct{}
	done    chan struct{} // closed by close
	once    sync.Once
}

// serve connects, passes the socket to up, and handles packets until the connection
// ends. Its error is the reason for the end.
func serve(ctx context.Context, base string, polling bool, auth any, h handler, up func(*socket)) error {
	t, err := openTransport(ctx, base, polling)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(auth)
	if err != nil {
		t.close()
		return err
	}
	s := &socket{transport: t, wake: make(chan struct{}, 1), done: make(chan struct{})}
	var writing sync.WaitGroup
	writing.Go(s.write)
	defer writing.Wait()
	defer s.close()
	defer context.AfterFunc(ctx, s.close)()
	s.push("40" + string(raw))
	for {
		packets, err := t.receive()
		if err != nil {
			return err
		}
		for _, packet := range packets {
			if err := s.take(packet, h, up); err != nil {
				return err
			}
		}
	}
}

// take handles one Engine.IO packet.
func (s *socket) take(packet string, h handler, up func(*socket)) error {
	switch {
	case packet == "1":
		return errClosed
	case packet == "2":
		s.push("3")
	case strings.HasPrefix(packet, "40"):
		up(s)
	case packet == "41":
		return errDisconnected
	case strings.HasPrefix(packet, "42"):
		var args []json.RawMessage
		var name string
		if err := json.Unmarshal([]byte(packet[2:]), &args); err != nil || len(args) == 0 {
			return errors.New("malformed event: " + packet)
		}
		if err := json.Unmarshal(args[0], &name); err != nil {
			return err
		}
		h.event(name, append(args, nil)[1])
	case strings.HasPrefix(packet, "43"):
		payload := packet[2:]
		bracket := max(strings.IndexByte(payload, '['), 0)
		id, err := strconv.Atoi(payload[:bracket])
		var args []json.RawMessage
		if err != nil || json.Unmarshal([]byte(payload[bracket:]), &args) != nil || len(args) == 0 {
			return errors.New("malformed acknowledgement: " + packet)
		}
		h.answer(id, args[0])
	case strings.HasPrefix(packet, "44"):
		refused := &refusedError{}
		if err := json.Unmarshal([]byte(packet[2:]), refused); err != nil {
			return err
		}
		return refused
	}
	return nil
}

// emit sends an event that expects an acknowledgement. It never blocks.
func (s *socket) emit(event string, argument any) (ack int, err error) {
	raw, err := json.Marshal([]any{event, argument})
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	ack = s.nextAck
	s.nextAck++
	s.mu.Unlock()
	s.push("42" + strconv.Itoa(ack) + string(raw))
	return ack, nil
}

func (s *socket) push(packet string) {
	s.mu.Lock()
	s.queue = append(s.queue, packet)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write writes the queue until the socket is closed. It ignores errors, because the
// reader notices them.
func (s *socket) write() {
	for {
		select {
		case <-s.wake:
		case <-s.done:
			return
		}
		s.mu.Lock()
		packets := s.queue
		s.queue = nil
		s.mu.Unlock()
		if len(packets) > 0 && s.transport.send(packets) != nil {
			s.close()
			return
		}
	}
}

// close ends the connection without a closing handshake, as a lost network would.
func (s *socket) close() {
	s.once.Do(func() {
		close(s.done)
		s.transport.close()
	})
}
