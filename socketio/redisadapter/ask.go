package redisadapter

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"partychat/socketio"
)

// pending is a request of this process that waits for answers.
type pending struct {
	acks    socketio.Acks       // for a broadcast that clients acknowledge
	take    func(message) error // for any other request; called with the adapter's lock held
	missing int                 // processes that have not answered
	bytes   int                 // of the answers so far
	done    chan struct{}       // closed when all have answered
}

// ErrNotSubscribed is returned if the link has no connection to Redis, so that answers cannot arrive.
var ErrNotSubscribed = errors.New("redisadapter: not connected to Redis")

// others counts the other processes that have the namespace.
func (a *adapter) others(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, a.link.opts.RequestsTimeout)
	defer cancel()
	if err := a.link.until(ctx, func() bool { return a.subscribed }); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNotSubscribed, err)
	}
	var total int64
	for _, node := range a.link.redis.Nodes() { // a cluster has several
		counts, err := node.Do(ctx, node.B().PubsubNumsub().Channel(a.requestChannel).Build()).AsIntMap()
		if err != nil {
			return 0, fmt.Errorf("redisadapter: counting processes: %w", err)
		}
		total += counts[a.requestChannel]
	}
	return max(int(total)-1, 0), nil
}

// ask sends a request to the other processes and passes their answers to take. If not all answer in
// time, it returns an error that wraps socketio.ErrAckTimeout or the context's.
func (a *adapter) ask(ctx context.Context, encode func(id string) ([]byte, error), take func(message) error) error {
	ctx, cancel := context.WithTimeout(ctx, a.link.opts.RequestsTimeout)
	defer cancel()
	others, err := a.others(ctx)
	if err != nil || others == 0 {
		return err
	}
	id := newRequestID()
	data, err := encode(id)
	if err != nil {
		return err
	}
	p := &pending{take: take, missing: others, done: make(chan struct{})}
	a.await(id, p)
	defer a.forget(id)
	if err := a.link.send(a.requestChannel, data); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	case <-a.link.context.Done():
		return ErrClosed
	}
	a.forget(id) // take is not called after this
	err = ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		err = socketio.ErrAckTimeout
	}
	return fmt.Errorf("redisadapter: %d of %d processes answered: %w", others-p.missing, others, err)
}

func newRequestID() string { return strings.ToLower(rand.Text()[:16]) }

// await registers a request.
func (a *adapter) await(id string, p *pending) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pending[id] = p
}

// forget removes a request. Later answers are dropped.
func (a *adapter) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.pending, id)
}

// BroadcastWithAck implements socketio.AckBroadcaster.
func (a *adapter) BroadcastWithAck(ctx context.Context, sel socketio.Selection, out socketio.Outgoing, acks socketio.Acks) (int, error) {
	others, err := a.others(ctx)
	if err != nil || others == 0 {
		return 0, err
	}
	timeout := time.Duration(0)
	if deadline, ok := ctx.Deadline(); ok {
		timeout = max(time.Until(deadline), time.Millisecond)
	}
	id := newRequestID()
	data, err := encodeAckRequest(a.uid, id, a.name, sel, out, timeout)
	if err != nil {
		return 0, err
	}
	a.await(id, &pending{acks: acks})
	context.AfterFunc(ctx, func() { a.forget(id) })
	if err := a.link.send(a.requestChannel, data); err != nil {
		return 0, err
	}
	return others, nil
}

// respond handles a response from another process.
func (a *adapter) respond(data []byte) error {
	m, err := decodeMessage(data, a.link.opts.MaxDepth)
	if err != nil {
		return err
	}
	id := m.string("requestId")
	a.mu.Lock()
	p := a.pending[id]
	if p == nil { // the answer is late, or to another process's request
		a.mu.Unlock()
		return nil
	}
	if p.bytes += len(data); p.bytes > a.link.opts.MaxAnswerBytes {
		a.mu.Unlock()
		a.link.overrun.add(1, "answers dropped because there are too many to one request", "namespace", a.name)
		return nil
	}
	if p.acks == nil {
		defer a.mu.Unlock()
		if p.missing == 0 {
			return nil
		}
		if err := p.take(m); err != nil {
			return err
		}
		if p.missing--; p.missing == 0 {
			close(p.done)
		}
		return nil
	}
	a.mu.Unlock()
	return report(m, p.acks)
}

// report passes a response to a broadcast on to the caller.
func report(m message, acks socketio.Acks) error {
	typ := -1
	if err := m.decode("type", &typ); err != nil {
		return err
	}
	switch typ {
	case typeClientCount:
		n := -1
		if err := m.decode("clientCount", &n); err != nil {
			return err
		}
		if n < 0 {
			return fmt.Errorf("%w: a negative number of clients", errMalformed)
		}
		acks.Clients(n)
	case typeAck:
		reply := socketio.AckReply{Args: socketio.Args{}}
		if m.has("packet") {
			arg, err := m.arg("packet")
			if err != nil {
				return err
			}
			reply.Args = socketio.Args{arg}
		}
		acks.Answer(reply)
	default:
		return fmt.Errorf("%w: response of type %d", errMalformed, typ)
	}
	return nil
}
