package redisadapter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/rueidis"

	"partychat/socketio"
)

// receive handles a message from Redis. It is called sequentially, so that packets and the room changes
// between them keep their order.
func (l *Link) receive(m rueidis.PubSubMessage) {
	l.mu.Lock()
	r, isRouted := l.channels[m.Channel]
	sender := l.patterns[m.Pattern]
	l.mu.Unlock()
	var err error
	switch data := []byte(m.Message); {
	case len(data) > l.opts.MaxMessageBytes:
		err = ErrTooLarge
	case m.Pattern != "" && sender != nil:
		if room := sender.roomOf(m.Channel); room == "" || sender.hasRoom(room) {
			err = sender.deliver(data)
		}
	case m.Pattern != "" || !isRouted: // the namespace has gone
	case r.answers:
		err = r.to.respond(data)
	default:
		err = r.to.answer(data)
	}
	if err != nil && !errors.Is(err, ErrQueueFull) && !errors.Is(err, ErrClosed) {
		l.malformed.add(1, "invalid messages from other processes", "channel", m.Channel, "bytes", len(m.Message), "error", err)
	}
}

// roomOf returns the room of a channel, or "" for the namespace's channel.
func (a *adapter) roomOf(channel string) string {
	return strings.TrimSuffix(strings.TrimPrefix(channel, a.channel), "#")
}

// hasRoom reports whether this process has a socket in the room.
func (a *adapter) hasRoom(room string) bool {
	return len(a.Sockets(socketio.Selection{Rooms: []string{room}})) > 0
}

// deliver sends another process's broadcast to the sockets of this one.
func (a *adapter) deliver(data []byte) error {
	b, err := decodeBroadcast(data, a.name, a.uid, a.link.opts.MaxDepth)
	switch {
	case errors.Is(err, errOtherNamespace):
		return nil
	case err != nil || b.uid == a.uid:
		return err
	}
	p, err := a.node.Encode(b.out)
	if err != nil {
		return err
	}
	a.Adapter.Broadcast(b.sel, p)
	return nil
}

// answer carries out another process's request.
func (a *adapter) answer(data []byte) error {
	m, err := decodeMessage(data, a.link.opts.MaxDepth)
	if err != nil {
		return err
	}
	if m.string("uid") == a.uid {
		return nil
	}
	typ := -1
	if err := m.decode("type", &typ); err != nil {
		return err
	}
	switch typ {
	case typeSockets:
		return a.answerSockets(m)
	case typeAllRooms:
		return a.reply(m, map[string]any{"rooms": a.localRooms()})
	case typeJoin, typeLeave, typeDisconnect:
		return a.move(m, typ)
	case typeFetch:
		opts, err := m.options()
		if err != nil {
			return err
		}
		return a.reply(m, map[string]any{"sockets": a.node.Sockets(opts.selection())})
	case typeServerSideEmit:
		return a.serverSideEvent(m, len(data))
	case typeBroadcast:
		return a.broadcastWithAck(m, len(data))
	default:
		return fmt.Errorf("%w: request of type %d", errMalformed, typ)
	}
}

// options returns the field opts, which selects sockets.
func (m message) options() (opts options, err error) {
	if _, err := m.child("opts"); err != nil {
		return opts, err
	}
	err = m.decode("opts", &opts)
	return opts, err
}

// list decodes a field that must be an array.
func (m message) list(name string, v any) error {
	if !m.has(name) {
		return fmt.Errorf("%w: no field %s", errMalformed, name)
	}
	return m.decode(name, v)
}

// reply sends fields in response to a request, as JSON.
func (a *adapter) reply(m message, fields map[string]any) error {
	fields["requestId"] = m.string("requestId")
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	a.send(m, data)
	return nil
}

// send sends a response; the link logs failures.
func (a *adapter) send(m message, data []byte) {
	channel := a.responseChannel
	if uid := m.string("uid"); a.link.opts.PublishOnSpecificResponseChannel && uid != "" {
		channel += uid + "#"
	}
	_ = a.link.send(channel, data)
}

func (a *adapter) answerSockets(m message) error {
	var rooms roomNames
	if err := m.decode("rooms", &rooms); err != nil {
		return err
	}
	ids := []string{}
	for _, s := range a.Sockets(socketio.Selection{Rooms: rooms}) {
		ids = append(ids, s.ID())
	}
	return a.reply(m, map[string]any{"sockets": ids})
}

// move makes sockets join or leave rooms, or disconnects them. Early versions of the official adapter
// name one socket and one room, and wait for an answer.
func (a *adapter) move(m message, typ int) error {
	var rooms roomNames
	var selected socketio.Broadcast
	var closeTransport flag
	old := !m.has("opts")
	if old {
		id, room := m.string("sid"), m.string("room")
		if id == "" || room == "" && typ != typeDisconnect {
			return fmt.Errorf("%w: no sockets or no room", errMalformed)
		}
		rooms, selected = roomNames{room}, a.node.Select(socketio.Selection{Rooms: []string{id}})
	} else {
		opts, err := m.options()
		if err != nil {
			return err
		}
		selected = a.node.Select(opts.selection())
		if typ != typeDisconnect {
			if err := m.list("rooms", &rooms); err != nil {
				return err
			}
		}
	}
	if err := m.decode("close", &closeTransport); err != nil {
		return err
	}
	if old && len(selected.Sockets()) == 0 {
		return nil
	}
	switch typ {
	case typeJoin:
		selected.Join(rooms...)
	case typeLeave:
		selected.Leave(rooms...)
	default:
		selected.Disconnect(bool(closeTransport))
	}
	if old {
		return a.reply(m, map[string]any{})
	}
	return nil
}

// serverSideEvent passes an event to the handlers of this process.
func (a *adapter) serverSideEvent(m message, size int) error {
	event, args, err := m.event("data")
	if err != nil {
		return err
	}
	var answer func(socketio.Arg)
	if id := m.string("requestId"); id != "" {
		answer = func(reply socketio.Arg) {
			data, err := encodeServerAnswer(id, reply)
			if err != nil {
				a.link.unpublished.add(1, "messages not published", "namespace", a.name, "error", err)
				return
			}
			a.send(m, data)
		}
	}
	err = a.link.events.push(func() { a.node.ServerSideEvent(event, args, answer) }, size+publicationOverhead)
	if errors.Is(err, ErrQueueFull) {
		a.link.overrun.add(1, "server-side events dropped because handlers are too slow", "namespace", a.name)
	}
	return err
}

// broadcastWithAck sends an event to sockets of this process and their acknowledgements to the
// requesting process.
func (a *adapter) broadcastWithAck(m message, size int) error {
	packet, err := m.child("packet")
	if err != nil {
		return err
	}
	out, err := packet.packet(a.name)
	if err != nil {
		return err
	}
	opts, err := m.options()
	if err != nil {
		return err
	}
	opts.apply(&out)
	timeout := opts.timeout()
	if timeout == 0 {
		timeout = a.link.opts.RequestsTimeout
	}
	if a.link.asked.Load() >= int64(a.link.opts.MaxPendingBytes) {
		a.link.overrun.add(1, "broadcasts dropped because too many wait for acknowledgements", "namespace", a.name)
		return nil
	}
	ctx, cancel := context.WithTimeout(a.link.context, timeout)
	f := &forwarder{a: a, m: m, id: m.string("requestId"), cancel: cancel, expected: -1}
	f.hold(size + publicationOverhead)
	context.AfterFunc(ctx, f.end)
	if err := a.node.BroadcastWithAck(ctx, opts.selection(), out, f); err != nil {
		cancel()
		return err
	}
	return nil
}
