package redis

import "sync"

// health remembers whether Redis answered the last request. Requests overlap, and
// their results arrive in any order: a failure that began before the latest answer
// is older news than that answer and changes nothing. Otherwise requests would be
// refused although Redis is up again.
type health struct {
	mu      sync.Mutex
	down    bool
	answers moment
}

// moment is a time, counted in answers of Redis.
type moment uint64

// isDown reports whether requests are to be refused.
func (h *health) isDown() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.down
}

// now returns the time at which a request is sent.
func (h *health) now() moment {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.answers
}

// failed records that a request that was sent at the given time got no answer. It
// reports whether Redis counts as down from now on.
func (h *health) failed(asked moment) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed = !h.down && asked == h.answers
	h.down = h.down || changed
	return changed
}

// answered records an answer. It reports whether Redis counted as down.
func (h *health) answered() (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed = h.down
	h.answers++
	h.down = false
	return changed
}
