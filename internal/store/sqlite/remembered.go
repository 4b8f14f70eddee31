package sqlite

import (
	"sync"

	"partychat/internal/chat"
)

// remembered caches memberships: each send needs one, and reading it takes as long
// as storing a message. Only the writer changes memberships, and it updates the
// cache after each commit, before it answers. Memberships that may be hidden are
// not cached, because that depends on the room's head.
type remembered struct {
	mu      sync.Mutex
	commits uint64
	known   map[position]chat.Membership
	closed  bool
}

// find returns a cached membership, or else the number that keep needs.
func (r *remembered) find(at position) (m chat.Membership, known bool, commits uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, known = r.known[at]
	return m, known, r.commits
}

// keep caches a membership that was read after find, unless something has been
// committed since, because it may be older.
func (r *remembered) keep(m chat.Membership, commits uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.commits != commits || m.HiddenUntil > 0 {
		return
	}
	if r.known == nil || len(r.known) >= maxLearnt {
		r.known = make(map[position]chat.Membership)
	}
	r.known[position{m.Room, m.User}] = m
}

// committed updates the cache after a transaction; read is the authors' read
// positions after their new messages.
func (r *remembered) committed(jobs []*write, read map[position]int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commits++
	for _, job := range jobs {
		switch {
		case job.append != nil, job.spares:
		case job.only != nil:
			delete(r.known, *job.only)
		default:
			clear(r.known)
		}
	}
	for at, seq := range read {
		if m, known := r.known[at]; known {
			m.ReadSeq = max(m.ReadSeq, seq)
			r.known[at] = m
		}
	}
}

// forget empties the cache; forGood also disables it.
func (r *remembered) forget(forGood bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commits++
	r.closed = r.closed || forGood
	clear(r.known)
}
