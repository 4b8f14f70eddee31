// Package profile defines the loads for servers and what is measured under each.
package profile

import (
	"fmt"
	"strings"
	"time"
)

// Kind is what a profile measures.
type Kind string

// The kinds.
const (
	Closed  Kind = "closed"  // throughput: senders wait for their messages
	Open    Kind = "open"    // a fixed rate: cost and latency of each delivery
	Idle    Kind = "idle"    // memory of idle connections
	Connect Kind = "connect" // rate of new connections

	Durable  Kind = "durable"  // messages that a chat server stores and acknowledges
	Complete Kind = "complete" // messages that everyone in a large room has received, too
	Return   Kind = "return"   // the cost of reconnecting everyone
	Store    Kind = "store"    // the same for the store alone, with and without group commit
	Nodes    Kind = "nodes"    // messages that everyone in a room has received, with the members spread over nodes
	Crossing Kind = "crossing" // the additional delay of a message from another node
	Scale    Kind = "scale"    // how much slower the store gets with a thousand times as many messages
)

// Suite groups the servers that can be compared.
type Suite string

// The suites.
const (
	Sockets Suite = "sockets" // servers with the events of this benchmark
	Chat    Suite = "chat"    // the whole of PartyChat
	Alone   Suite = "store"   // no server
	Spread  Suite = "spread"  // several processes of a server with shared backends
)

// Suite returns the suite of a kind of profile.
func (k Kind) Suite() Suite {
	switch k {
	case Durable, Complete, Return:
		return Chat
	case Store, Scale:
		return Alone
	case Nodes, Crossing:
		return Spread
	default:
		return Sockets
	}
}

// Profile is one load.
type Profile struct {
	Name      string  `json:"name"`
	Title     string  `json:"title"`
	Kind      Kind    `json:"kind"`
	Transport string  `json:"transport"`
	Clients   int     `json:"clients"`
	Rooms     int     `json:"rooms"`
	Lists     int     `json:"lists,omitempty"` // rooms in each user's list, if there are several
	Senders   int     `json:"senders,omitempty"`
	Size      int     `json:"size,omitempty"` // bytes of each message's value
	Rate      float64 `json:"rate,omitempty"` // total messages per second
	Nodes     int     `json:"nodes,omitempty"`
}

// Timing is the duration and number of measurements.
type Timing struct {
	Repeats int           `json:"repeats"`
	Warmup  time.Duration `json:"warmup"`  // load before the measurement
	Measure time.Duration `json:"measure"` // the measurement
	Settle  time.Duration `json:"settle"`  // pause before measuring memory
}

// Files returns the number of files that the load generator opens for a profile.
func (p *Profile) Files() uint64 { return uint64(2*p.Clients) + 1000 }

const (
	websocket = "websocket"
	// Polling is the transport of clients that upgrade to WebSocket.
	Polling = "polling"
	size    = 100
	// inFlight is the number of messages in flight in a closed loop.
	inFlight = 64
)

// All returns all profiles in the order of measurement.
func All() []Profile {
	return append([]Profile{
		closed("broadcast-100", 100, 1, inFlight),
		closed("broadcast-1000", 1000, 1, inFlight),
		closed("broadcast-5000", 5000, 1, inFlight),
		closed("rooms-1000", 1000, 200, 200),
		open("steady-100", 100, 100, 200),
		open("steady-1000", 1000, 100, 20),
		open("single", 2, 1, 50),
		{Name: "idle-5000", Title: "5,000 idle connections", Kind: Idle, Transport: websocket, Clients: 5000, Rooms: 1},
		{Name: "connect-websocket", Title: "connect by WebSocket", Kind: Connect, Transport: websocket, Clients: 2000, Rooms: 1},
		{Name: "connect-polling", Title: "connect by polling, upgrade", Kind: Connect, Transport: Polling, Clients: 2000, Rooms: 1},
		stored(Store, 1, 8), stored(Store, 32, 8), stored(Store, 256, 8),
		stored(Durable, 1, 8), stored(Durable, 32, 8), stored(Durable, 256, 8), pairs(stored(Durable, 256, 2)),
		complete(100), complete(1000),
		{Name: "return-5000", Title: "5,000 users return, 20 rooms each", Kind: Return, Transport: websocket, Clients: 5000, Rooms: 500, Lists: 20},
		nodes(1), nodes(2), nodes(3), crossing(),
	}, scales()...)
}

// stored uses small rooms, so that delivery is a small part of the work.
func stored(kind Kind, senders, room int) Profile {
	title := fmt.Sprintf("%d senders, rooms of %d", senders, room)
	if senders == 1 {
		title = fmt.Sprintf("one sender, a room of %d", room)
	}
	clients := max(room, senders)
	return Profile{
		Name: fmt.Sprintf("%s-%d", kind, senders), Title: title, Kind: kind, Transport: websocket,
		Clients: clients, Rooms: clients / room, Senders: senders, Size: size,
	}
}

// pairs uses a room for every two clients, so that as many database pages as
// possible are touched.
func pairs(p Profile) Profile {
	p.Name += "-pairs"
	return p
}

// nodes uses the same rooms for any number of nodes.
func nodes(n int) Profile {
	p := closed(fmt.Sprintf("nodes-%d", n), 300, 10, inFlight-4)
	p.Kind, p.Nodes, p.Title = Nodes, n, fmt.Sprintf("%d nodes", n)
	if n == 1 {
		p.Title = "one node"
	}
	return p
}

// crossing uses a room with two clients at each of two nodes.
func crossing() Profile {
	p := open("crossing", 4, 1, 50)
	p.Kind, p.Nodes, p.Title = Crossing, 2, "50 messages/s, two nodes"
	return p
}

func complete(clients int) Profile {
	p := closed(fmt.Sprintf("complete-%d", clients), clients, 1, inFlight)
	p.Kind, p.Title = Complete, thousands(clients)+" readers, one room"
	return p
}

func closed(name string, clients, rooms, senders int) Profile {
	title := fmt.Sprintf("%s connections, one room", thousands(clients))
	if rooms > 1 {
		title = fmt.Sprintf("%s connections, %d rooms", thousands(clients), rooms)
	}
	return Profile{
		Name: name, Title: title, Kind: Closed, Transport: websocket,
		Clients: clients, Rooms: rooms, Senders: senders, Size: size,
	}
}

func open(name string, clients, senders int, rate float64) Profile {
	return Profile{
		Name: name, Title: fmt.Sprintf("%s connections, %v messages/s", thousands(clients), rate),
		Kind: Open, Transport: websocket,
		Clients: clients, Rooms: 1, Senders: senders, Size: size, Rate: rate,
	}
}

// thousands formats a number up to 999,999 with a comma.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// presets are named groups of profiles.
var presets = map[string][]string{
	"full":      nil, // all
	"sockets":   {"broadcast", "rooms-1000", "steady", "idle-5000", "connect"},
	"delivery":  {"store-1", "store-32", "store-256", "durable-1", "durable-32", "durable-256", "durable-256-pairs", "complete-100", "complete-1000"},
	"quick":     {"broadcast-100", "broadcast-1000", "steady-100", "single"},
	"scale":     scaleNames(),
	"nodes":     {"nodes-1", "nodes-2", "nodes-3", "crossing"},
	"broadcast": {"broadcast-100", "broadcast-1000", "broadcast-5000"},
	"steady":    {"steady-100", "steady-1000", "single"},
	"connect":   {"connect-websocket", "connect-polling"},
}

// Select returns the profiles in a comma-separated list of names. A name may also
// be a preset: full, sockets, delivery, scale, nodes, quick, broadcast, steady or
// connect.
func Select(names string) ([]Profile, error) {
	var selected []Profile
	for name := range strings.SplitSeq(names, ",") {
		some, err := named(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		selected = append(selected, some...)
	}
	return selected, nil
}

// named returns the profile of that name, or the preset's profiles.
func named(name string) ([]Profile, error) {
	if p, ok := find(name); ok {
		return []Profile{p}, nil
	}
	preset, ok := presets[name]
	if !ok {
		return nil, fmt.Errorf("there is no profile %q", name)
	}
	if preset == nil {
		return All(), nil
	}
	return Select(strings.Join(preset, ","))
}

func find(name string) (Profile, bool) {
	for _, p := range All() {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}
