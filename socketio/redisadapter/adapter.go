package redisadapter

import (
	"context"
	"encoding/json"
	"sync"

	"partychat/socketio"
)

// adapter is the part of a link for one namespace. The memory adapter inside serves the sockets of this
// process.
type adapter struct {
	socketio.Adapter
	link *Link
	node socketio.Node
	name string
	uid  string

	channel         string // of broadcasts; the channel of a room has a suffix
	requestChannel  string
	responseChannel string
	ownResponses    string

	// Guarded by the link's lock:
	joining    bool // a subscribe command has been sent
	subscribed bool // Redis has confirmed the subscription

	mu      sync.Mutex
	pending map[string]*pending // this process's requests that wait for answers
}

var (
	_ socketio.RemoteSockets     = (*adapter)(nil)
	_ socketio.ServerSideEmitter = (*adapter)(nil)
	_ socketio.AckBroadcaster    = (*adapter)(nil)
)

// Broadcast implements socketio.Adapter.
func (a *adapter) Broadcast(sel socketio.Selection, p *socketio.Packet) {
	a.Adapter.Broadcast(sel, p)
	if sel.Local {
		return
	}
	out, err := a.node.Decode(p)
	var data []byte
	if err == nil {
		data, err = encodeBroadcast(a.uid, a.name, sel, out)
	}
	if err != nil {
		a.link.unpublished.add(1, "messages not published", "namespace", a.name, "error", err)
		return
	}
	_ = a.link.send(a.channelOf(sel, out.Stamp), data) // the link logs failures
}

// channelOf returns the channel on which a broadcast is published. A broadcast to a single room has its
// own channel, so that processes without sockets in that room need not decode it. Numbered packets go
// to all processes, which need them to detect missed ones.
func (a *adapter) channelOf(sel socketio.Selection, stamp string) string {
	if len(sel.Rooms) == 1 && stamp == "" {
		return a.channel + sel.Rooms[0] + "#"
	}
	return a.channel
}

// JoinSockets implements socketio.RemoteSockets.
func (a *adapter) JoinSockets(sel socketio.Selection, rooms []string) error {
	if len(rooms) == 0 {
		return nil
	}
	return a.request(request{UID: a.uid, Type: typeJoin, Opts: newWireOptions(sel), Rooms: rooms})
}

// LeaveSockets implements socketio.RemoteSockets.
func (a *adapter) LeaveSockets(sel socketio.Selection, rooms []string) error {
	if len(rooms) == 0 {
		return nil
	}
	return a.request(request{UID: a.uid, Type: typeLeave, Opts: newWireOptions(sel), Rooms: rooms})
}

// DisconnectSockets implements socketio.RemoteSockets.
func (a *adapter) DisconnectSockets(sel socketio.Selection, closeTransport bool) error {
	return a.request(request{UID: a.uid, Type: typeDisconnect, Opts: newWireOptions(sel), Close: &closeTransport})
}

// ServerSideEmit implements socketio.ServerSideEmitter.
func (a *adapter) ServerSideEmit(event string, args socketio.Args) error {
	data, err := encodeServerEvent(a.uid, "", event, args)
	if err != nil {
		return err
	}
	return a.link.send(a.requestChannel, data)
}

// request publishes a request in JSON.
func (a *adapter) request(r request) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return a.link.send(a.requestChannel, data)
}

// FetchSockets implements socketio.RemoteSockets.
func (a *adapter) FetchSockets(ctx context.Context, sel socketio.Selection) (all []socketio.SocketDetails, err error) {
	err = a.ask(ctx, func(id string) ([]byte, error) {
		return json.Marshal(request{UID: a.uid, ID: id, Type: typeFetch, Opts: newWireOptions(sel)})
	}, func(m message) error {
		var found []socketDetails
		if err := m.list("sockets", &found); err != nil {
			return err
		}
		for _, s := range found {
			all = append(all, s.SocketDetails)
		}
		return nil
	})
	return all, err
}

// ServerSideEmitWithAck implements socketio.ServerSideEmitter.
func (a *adapter) ServerSideEmitWithAck(ctx context.Context, event string, args socketio.Args) (answers []socketio.Arg, err error) {
	err = a.ask(ctx, func(id string) ([]byte, error) {
		return encodeServerEvent(a.uid, id, event, args)
	}, func(m message) error {
		answer, err := m.arg("data")
		if err == nil {
			answers = append(answers, answer)
		}
		return err
	})
	return answers, err
}

// allRooms lists the rooms of all processes.
func (a *adapter) allRooms(ctx context.Context) ([]string, error) {
	all := make(map[string]struct{})
	for _, room := range a.localRooms() {
		all[room] = struct{}{}
	}
	err := a.ask(ctx, func(id string) ([]byte, error) {
		return json.Marshal(request{UID: a.uid, ID: id, Type: typeAllRooms})
	}, func(m message) error {
		var rooms roomNames
		err := m.list("rooms", &rooms)
		for _, room := range rooms {
			all[room] = struct{}{}
		}
		return err
	})
	names := make([]string, 0, len(all))
	for room := range all {
		names = append(names, room)
	}
	return names, err
}

// localRooms lists the rooms of this process, including the sockets' ids.
func (a *adapter) localRooms() []string {
	all := make(map[string]struct{})
	for _, s := range a.Sockets(socketio.Selection{}) {
		all[s.ID()] = struct{}{}
		for _, room := range a.Rooms(s) {
			all[room] = struct{}{}
		}
	}
	names := make([]string, 0, len(all))
	for room := range all {
		names = append(names, room)
	}
	return names
}

// Close implements socketio.Adapter.
func (a *adapter) Close() error {
	a.link.leave(a)
	return a.Adapter.Close()
}
