package load

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"partychat/bench/stats"
)

// Returns is what the members of a party know of their streams when they connect
// again (docs/PROTOCOL.md, "Reconnecting"), and how long they wait until the server
// has greeted them. Clients may use it at the same time.
type Returns struct {
	// Name makes the clients name the revs they know. Otherwise each asks for its
	// whole list.
	Name bool

	mu     sync.Mutex
	known  map[int]string // by client: JSON, for auth.known
	waited stats.Histogram
	bytes  int // of all greetings
}

// NewReturns returns the clients' knowledge before they connect for the first time.
func NewReturns() *Returns { return &Returns{known: make(map[int]string)} }

// Reset forgets the waits and greetings, but not what the clients know.
func (r *Returns) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waited.Reset()
	r.bytes = 0
}

// Waited returns how long each client waited, from before it opened its connection
// until it was greeted.
func (r *Returns) Waited() *stats.Histogram {
	r.mu.Lock()
	defer r.mu.Unlock()
	waited := r.waited
	return &waited
}

// Bytes is the length of all greetings, as JSON.
func (r *Returns) Bytes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes
}

const readyPrefix = `42["ready",`

// opening is what a client says to be let in, and takes note of.
func (r *Returns) opening(client int, m *Member) []exchange {
	r.mu.Lock()
	known := r.known[client]
	r.mu.Unlock()
	auth := `{"protocol":2,"token":"` + m.Token + `"`
	if r.Name && known != "" {
		auth += `,"known":` + known
	}
	began := time.Now()
	return []exchange{
		{say: "40" + auth + "}", hear: "40{"},
		{hear: readyPrefix, take: func(packet string) error { return r.greeted(client, packet, time.Since(began)) }},
	}
}

// greeted takes note of what ready says. A greeting that leaves out what the client
// knows changes nothing of it: nobody does anything while clients return.
func (r *Returns) greeted(client int, packet string, waited time.Duration) error {
	var ready struct {
		User          struct{ ID int64 }
		Rev           int64
		Delta         bool
		Next          string
		Subscriptions []struct{ ID, Rev int64 }
	}
	text := strings.TrimSuffix(strings.TrimPrefix(packet, readyPrefix), "]")
	if err := json.Unmarshal([]byte(text), &ready); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waited.Record(waited)
	r.bytes += len(packet)
	if ready.Delta {
		return nil
	}
	known := fmt.Appendf(nil, `{"user":%d,"rev":%d,"rooms":{`, ready.User.ID, ready.Rev)
	for i, sub := range ready.Subscriptions {
		if i > 0 {
			known = append(known, ',')
		}
		known = append(known, '"')
		known = strconv.AppendInt(known, sub.ID, 10)
		known = append(known, `":`...)
		known = strconv.AppendInt(known, sub.Rev, 10)
	}
	r.known[client] = string(append(known, "}}"...))
	return nil
}
