// Package profile says which loads servers are put under and what is measured
// of each.
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
	Closed  Kind = "closed"  // throughput: senders wait for what they have sent
	Open    Kind = "open"    // a fixed rate: cost and latency of each delivery
	Idle    Kind = "idle"    // memory of connections that do nothing
	Connect Kind = "connect" // how fast connections are made
)

// Profile is one load.
type Profile struct {
	Name      string  `json:"name"`
	Title     string  `json:"title"`
	Kind      Kind    `json:"kind"`
	Transport string  `json:"transport"`
	Clients   int     `json:"clients"`
	Rooms     int     `json:"rooms"`
	Senders   int     `json:"senders,omitempty"`
	Size      int     `json:"size,omitempty"` // bytes of each message's value
	Rate      float64 `json:"rate,omitempty"` // messages per second in all
}

// Timing says how long and how often to measure.
type Timing struct {
	Repeats int           `json:"repeats"`
	Warmup  time.Duration `json:"warmup"`  // load that is not counted
	Measure time.Duration `json:"measure"` // load that is
	Settle  time.Duration `json:"settle"`  // before memory is looked at
}

// Files is how many files the load generator has open for a profile.
func (p *Profile) Files() uint64 { return uint64(2*p.Clients) + 1000 }

const (
	websocket = "websocket"
	// Polling is the transport of clients that upgrade to WebSocket.
	Polling = "polling"
	size    = 100
	// inFlight is how many messages are under way in a closed loop.
	inFlight = 64
)

// All lists the profiles in the order in which they are measured.
func All() []Profile {
	return []Profile{
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
	}
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

// thousands writes a number up to 999,999 with its comma.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// Presets are the named choices of profiles.
var presets = map[string][]string{
	"full":      nil, // all
	"quick":     {"broadcast-100", "broadcast-1000", "steady-100", "single"},
	"broadcast": {"broadcast-100", "broadcast-1000", "broadcast-5000"},
	"steady":    {"steady-100", "steady-1000", "single"},
	"connect":   {"connect-websocket", "connect-polling"},
}

// Select returns the profiles of a list of names with commas between them;
// each may be that of a preset: full, quick, broadcast, steady or connect.
func Select(names string) ([]Profile, error) {
	var wanted []string
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		preset, ok := presets[name]
		switch {
		case !ok:
			wanted = append(wanted, name)
		case preset == nil:
			return All(), nil
		default:
			wanted = append(wanted, preset...)
		}
	}
	var selected []Profile
	for _, name := range wanted {
		p, ok := find(name)
		if !ok {
			return nil, fmt.Errorf("there is no profile %q", name)
		}
		selected = append(selected, p)
	}
	return selected, nil
}

func find(name string) (Profile, bool) {
	for _, p := range All() {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}
