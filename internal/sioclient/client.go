// Package sioclient is a small Socket.IO client, over either transport. It plays
// clients in “partychat classic try” and in tests. It neither reconnects nor hides
// anything: it hands events out in the order in which they came.
package sioclient

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// patience is how long anything is waited for: long enough for a slow machine.
const patience = time.Minute

var (
	// ErrClosed is returned once the connection has ended and nothing is left to read.
	ErrClosed = errors.New("sioclient: connection closed")
	// ErrTimeout is returned when nothing has come for long.
	ErrTimeout = errors.New("sioclient: nothing came in time")
)

// RefusedError is the connect_error of a server that does not let the client in.
type RefusedError struct {
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

func (r *RefusedError) Error() string { return "sioclient: refused: " + r.Message }

// Options say how to connect.
type Options struct {
	Polling bool        // else WebSocket
	Anew    bool        // each request of polling goes over a connection of its own
	Auth    any         // given in the handshake, unless nil
	Old     *url.Values // query of a client of Socket.IO 2.x over WebSocket, which gives no auth
	Header  http.Header // of the first request, and of all of polling
	Query   string      // of the connection, such as "protocol=1"
}

// Event is what the server has emitted.
type Event struct {
	Name string
	Args []json.RawMessage
}

// transport carries Engine.IO packets.
type transport interface {
	send(packet string) error
	receive() (packets []string, err error)
	close()
}

// Client is a connected socket of the default namespace.
type Client struct {
	transport transport
	old       bool // Socket.IO 2.x

	mu           sync.Mutex
	changed      chan struct{} // closed and replaced at each change
	events       []Event
	acks         map[int]json.RawMessage
	nextAck      int
	disconnected bool // the server has sent DISCONNECT
	closed       bool
}

// Dial connects to the server at base, such as http://127.0.0.1:3000. The error
// is a *RefusedError if the server does not let the client in.
func Dial(base string, o Options) (*Client, error) {
	t, err := open(base, o)
	if err != nil {
		return nil, err
	}
	c := &Client{transport: t, changed: make(chan struct{}), acks: make(map[int]json.RawMessage)}
	c.old = o.Old != nil
	auth := ""
	if o.Auth != nil {
		raw, err := json.Marshal(o.Auth)
		if err != nil {
			return nil, err
		}
		auth = string(raw)
	}
	if !c.old {
		if err := t.send("40" + auth); err != nil {
			t.close()
			return nil, err
		}
	}
	admitted := make(chan error, 1)
	go c.read(admitted)
	select {
	case err := <-admitted:
		if err != nil {
			t.close()
			return nil, err
		}
		return c, nil
	case <-time.After(patience):
		t.close()
		return nil, ErrTimeout
	}
}

func open(base string, o Options) (transport, error) {
	if o.Polling {
		return openPolling(base, "EIO=4&"+o.Query, o.Header, o.Anew)
	}
	if o.Old != nil {
		return openWebSocket(base, "EIO=3&"+o.Old.Encode(), o.Header)
	}
	return openWebSocket(base, "EIO=4&"+o.Query, o.Header)
}

// read takes in packets until the connection ends.
func (c *Client) read(admitted chan<- error) {
	for {
		packets, err := c.transport.receive()
		if err != nil {
			select {
			case admitted <- err:
			default:
			}
			c.transport.close() // the server waits for it, as it does with every client
			c.change(func() { c.closed = true })
			return
		}
		for _, packet := range packets {
			c.take(packet, admitted)
		}
	}
}

// take handles one Engine.IO packet.
func (c *Client) take(packet string, admitted chan<- error) {
	switch {
	case packet == "2":
		_ = c.transport.send("3") // a connection that has ended is seen by read
	case strings.HasPrefix(packet, "40"):
		admitted <- nil
	case packet == "41":
		c.change(func() { c.disconnected = true })
	case strings.HasPrefix(packet, "42"):
		c.takeEvent(packet[2:])
	case strings.HasPrefix(packet, "43"):
		c.takeAck(packet[2:])
	case strings.HasPrefix(packet, "44"):
		refused := &RefusedError{}
		if c.old {
			refused.Data = json.RawMessage(packet[2:])
			admitted <- refused
			return
		}
		if err := json.Unmarshal([]byte(packet[2:]), refused); err != nil {
			refused.Message = err.Error()
		}
		admitted <- refused
	}
}

func (c *Client) takeEvent(payload string) {
	var args []json.RawMessage
	var name string
	if json.Unmarshal([]byte(payload), &args) != nil || len(args) == 0 || json.Unmarshal(args[0], &name) != nil {
		name = "unreadable: " + payload
		args = []json.RawMessage{nil}
	}
	c.change(func() { c.events = append(c.events, Event{Name: name, Args: args[1:]}) })
}

func (c *Client) takeAck(payload string) {
	bracket := strings.IndexByte(payload, '[')
	id, err := strconv.Atoi(payload[:max(bracket, 0)])
	var args []json.RawMessage
	if err != nil || json.Unmarshal([]byte(payload[bracket:]), &args) != nil {
		return
	}
	c.change(func() { c.acks[id] = append(args, nil)[0] })
}

func (c *Client) change(apply func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	apply()
	close(c.changed)
	c.changed = make(chan struct{})
}

// wait returns when found says so, with c.mu held during its calls.
func (c *Client) wait(found func() bool) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		ok, closed, changed := found(), c.closed, c.changed
		c.mu.Unlock()
		switch {
		case ok:
			return nil
		case closed:
			return ErrClosed
		}
		select {
		case <-changed:
		case <-deadline.C:
			return ErrTimeout
		}
	}
}

// Emit sends an event and waits for nothing.
func (c *Client) Emit(event string, args ...any) error {
	payload, err := encode(event, args)
	if err != nil {
		return err
	}
	return c.transport.send("42" + payload)
}

// Start sends an event that is to be acknowledged, and returns what waits for it.
func (c *Client) Start(event string, args ...any) (ack func() (json.RawMessage, error), err error) {
	return c.start("42", "", event, args)
}

// Attachment stands in the arguments of CommandBinary where the binary data belongs.
var Attachment = map[string]any{"_placeholder": true, "num": 0}

// CommandBinary is Command for an event with one attachment. The client must poll.
func (c *Client) CommandBinary(attachment []byte, event string, args ...any) (json.RawMessage, error) {
	ack, err := c.start("451-", "\x1eb"+base64.StdEncoding.EncodeToString(attachment), event, args)
	if err != nil {
		return nil, err
	}
	return ack()
}

// start sends an event between what is before the number of its acknowledgement and
// what follows its payload.
func (c *Client) start(before, behind, event string, args []any) (ack func() (json.RawMessage, error), err error) {
	payload, err := encode(event, args)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	id := c.nextAck
	c.nextAck++
	c.mu.Unlock()
	if err := c.transport.send(before + strconv.Itoa(id) + payload + behind); err != nil {
		return nil, err
	}
	return func() (answer json.RawMessage, err error) {
		err = c.wait(func() bool {
			a, ok := c.acks[id]
			if ok {
				answer = a
				delete(c.acks, id)
			}
			return ok
		})
		return answer, err
	}, nil
}

// Command sends an event and gives the first argument of its acknowledgement, nil if
// it has none.
func (c *Client) Command(event string, args ...any) (json.RawMessage, error) {
	ack, err := c.Start(event, args...)
	if err != nil {
		return nil, err
	}
	return ack()
}

// Next gives the next event, whatever it is.
func (c *Client) Next() (event Event, err error) {
	err = c.wait(func() bool {
		if len(c.events) == 0 {
			return false
		}
		event = c.events[0]
		c.events = c.events[1:]
		return true
	})
	return event, err
}

// Await gives the first argument of the next event of that name. Events of
// other names stay where they are.
func (c *Client) Await(name string) (argument json.RawMessage, err error) {
	err = c.wait(func() bool {
		for i, e := range c.events {
			if e.Name == name && len(e.Args) > 0 {
				argument = e.Args[0]
				c.events = append(c.events[:i:i], c.events[i+1:]...)
				return true
			}
		}
		return false
	})
	if err != nil {
		return nil, fmt.Errorf("waiting for %s: %w; have %v", name, err, c.names())
	}
	return argument, nil
}

// AwaitThat takes the first event of that name whose arguments, decoded as by
// encoding/json, are accepted. All others stay where they are.
func (c *Client) AwaitThat(name string, accepts func(arguments []any) bool) error {
	err := c.wait(func() bool {
		for i, e := range c.events {
			if e.Name != name {
				continue
			}
			arguments := make([]any, len(e.Args))
			for n, raw := range e.Args {
				_ = json.Unmarshal(raw, &arguments[n]) // it has been read before
			}
			if accepts(arguments) {
				c.events = append(c.events[:i:i], c.events[i+1:]...)
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("waiting for %s: %w; have %s", name, err, c.all())
	}
	return nil
}

// all writes out the events that have come and were not asked for.
func (c *Client) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	for _, e := range c.events {
		fmt.Fprintf(&b, "\n\t%s %s", e.Name, e.Args)
	}
	return b.String()
}

// names lists the events that have come and were not asked for.
func (c *Client) names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := make([]string, len(c.events))
	for i, e := range c.events {
		names[i] = e.Name
	}
	return names
}

// Take gives the next event, if there is one already.
func (c *Client) Take() (event Event, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.events) == 0 {
		return Event{}, false
	}
	event = c.events[0]
	c.events = c.events[1:]
	return event, true
}

// Pending gives the events that have come and were not asked for.
func (c *Client) Pending() []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Event(nil), c.events...)
}

// AwaitClose waits until the connection has ended and tells whether the server
// had disconnected the socket before, which keeps an official client from
// coming back by itself.
func (c *Client) AwaitClose() (disconnected bool, err error) {
	err = c.wait(func() bool { return c.closed })
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.disconnected, err
}

// Close ends the connection.
func (c *Client) Close() { c.transport.close() }

func encode(event string, args []any) (string, error) {
	raw, err := json.Marshal(append([]any{event}, args...))
	return string(raw), err
}
