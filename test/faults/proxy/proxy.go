// Package proxy is a TCP proxy that breaks connections at a chosen point: after a
// number of bytes in one direction, with or without notice to the ends.
package proxy

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Direction is a direction through the proxy.
type Direction int

// The directions.
const (
	Up   Direction = iota // from the client to the server
	Down                  // from the server to the client
)

// Fault is a way in which a connection breaks.
type Fault int

// The faults.
const (
	Cut   Fault = iota // both ends see the connection close
	Reset              // both ends see a reset; unread data is lost
	Stall              // nothing passes any more, but neither end notices: the connection is half open
)

// dialPatience is how long the server may take to accept.
const dialPatience = 5 * time.Second

// Proxy forwards connections to one address.
type Proxy struct {
	listener net.Listener
	target   string
	work     sync.WaitGroup
	ctx      context.Context // Close ends it
	cancel   context.CancelFunc

	mu      sync.Mutex
	pairs   map[*pair]struct{}
	armed   [2]*trap
	passed  [2]int64
	latency time.Duration
	held    chan struct{} // closed by Unblock; nil unless Block(Stall) is in effect
	refused bool          // Block with another fault is in effect
	closed  bool
}

// trap is a fault that waits for its byte.
type trap struct {
	left   int
	fault  Fault
	struck chan struct{}
}

// pair is one connection through the proxy.
type pair struct {
	conns [2]net.Conn // indexed by the Direction of the data read from it
	stall chan struct{}
	once  sync.Once
}

// New starts a proxy on a free port of 127.0.0.1 in front of the target. When the
// context ends, it stops connecting.
func New(ctx context.Context, target string) (*Proxy, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: listener, target: target, pairs: make(map[*pair]struct{})}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.work.Go(p.accept)
	return p, nil
}

// Address is the proxy's host:port.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// URL is the proxy's URL for HTTP.
func (p *Proxy) URL() string { return "http://" + p.Address() }

// Passed returns the number of bytes forwarded in the direction.
func (p *Proxy) Passed(d Direction) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed[d]
}

// SetLatency delays all data, in each direction, by a random time between half of d
// and d.
func (p *Proxy) SetLatency(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.latency = d
}

// Arm breaks the connection that carries the n-th byte from now on in the
// direction, right after that byte; with n = 0, right before the next byte. The
// channel is closed when it has happened. It replaces the armed fault of that
// direction.
func (p *Proxy) Arm(d Direction, n int, fault Fault) (struck <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &trap{left: n, fault: fault, struck: make(chan struct{})}
	p.armed[d] = t
	return t.struck
}

// Disarm cancels armed faults.
func (p *Proxy) Disarm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = [2]*trap{}
}

// Break breaks all current connections.
func (p *Proxy) Break(fault Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pair := range p.pairs {
		pair.suffer(fault)
	}
}

// Block separates the two sides until Unblock. With Stall, nothing passes, not even
// the end of a connection; the data arrives after Unblock, as in a network that
// drops packets until they are retransmitted. With other faults, it breaks all
// connections, and new ones immediately.
func (p *Proxy) Block(fault Fault) {
	p.mu.Lock()
	p.unblock()
	if fault == Stall {
		p.held = make(chan struct{})
	} else {
		p.refused = true
	}
	p.mu.Unlock()
	if fault != Stall {
		p.Break(fault)
	}
}

// Unblock ends Block.
func (p *Proxy) Unblock() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unblock()
}

// unblock is Unblock; the caller holds p.mu.
func (p *Proxy) unblock() {
	if p.held != nil {
		close(p.held)
	}
	p.held, p.refused = nil, false
}

// pause waits while Block(Stall) is in effect.
func (p *Proxy) pause() {
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held != nil {
		<-held
	}
}

// Close ends the proxy and all connections.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	p.unblock()
	p.mu.Unlock()
	p.cancel()
	_ = p.listener.Close()
	p.Break(Cut)
	p.work.Wait()
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			p.work.Go(func() { p.serve(conn) })
		}
	}
}

func (p *Proxy) serve(client net.Conn) {
	dialer := net.Dialer{Timeout: dialPatience}
	server, err := dialer.DialContext(p.ctx, "tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	pair := &pair{conns: [2]net.Conn{client, server}, stall: make(chan struct{})}
	p.mu.Lock()
	p.pairs[pair] = struct{}{}
	ended := p.closed || p.refused
	p.mu.Unlock()
	if ended {
		pair.suffer(Reset)
	}
	var copying sync.WaitGroup
	copying.Go(func() { p.copy(pair, Up) })
	copying.Go(func() { p.copy(pair, Down) })
	copying.Wait()
	p.mu.Lock()
	delete(p.pairs, pair)
	p.mu.Unlock()
}

// copy forwards data in one direction until the pair ends.
func (p *Proxy) copy(pair *pair, d Direction) {
	from, to := pair.conns[d], pair.conns[1-d]
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.pause()
		if n > 0 && !p.pass(pair, to, d, buffer[:n]) {
			err = io.EOF
		}
		if err == nil {
			continue
		}
		select {
		case <-pair.stall:
			// Half open: the end of one side must not reach the other.
			_ = from.Close()
		default:
			pair.suffer(Cut)
		}
		return
	}
}

// pass writes the data that may still pass; it returns false if the pair is broken.
func (p *Proxy) pass(pair *pair, to net.Conn, d Direction, data []byte) bool {
	select {
	case <-pair.stall:
		return true // the data is discarded
	default:
	}
	p.mu.Lock()
	latency, t := p.latency, p.armed[d]
	strikes := t != nil && t.left <= len(data)
	switch {
	case strikes:
		data = data[:t.left]
		p.armed[d] = nil
	case t != nil:
		t.left -= len(data)
	}
	p.passed[d] += int64(len(data))
	p.mu.Unlock()
	if latency > 0 {
		time.Sleep(latency/2 + rand.N(latency/2+1)) //nolint:gosec // it keeps no secret
	}
	if len(data) > 0 {
		if _, err := to.Write(data); err != nil {
			return false
		}
	}
	if strikes {
		pair.suffer(t.fault)
		close(t.struck)
		return t.fault == Stall
	}
	return true
}

// suffer breaks the pair. Afterwards, a half-open pair can only be closed.
func (pair *pair) suffer(fault Fault) {
	if fault == Stall {
		pair.once.Do(func() { close(pair.stall) })
		return
	}
	for _, conn := range pair.conns {
		if tcp, ok := conn.(*net.TCPConn); ok && fault == Reset {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}
