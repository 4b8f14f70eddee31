package sqlite

import (
	"sync"

	"partychat/internal/chat"
)

// remembered are memberships that have been read, kept for the next time: each
// send looks at one first, and to read it takes as long as to store a message.
// Nobody but the writer changes any, and it says so after each commit, before
// it answers. Those that may be hidden are not kept: that they are depends on
// the room's head.
type remembered struct {
	mu      sync.Mutex
	commits uint64
	known   map[position]chat.Membership
	closed  bool
}

// find gives a membership if it is known, and otherwise what keep needs.
func (r *remembered) find(at position) (m chat.Membership, known bool, commits uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, known = r.known[at]
	return m, known, r.commits
}

// keep takes a membership that was read after find, unless something has been
// committed since: it may be older than that.
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

// committed follows what the jobs of a transaction have done; read is how far
// authors have read by their new messages.
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

// forget drops all, for good if nothing is to be answered any more.
func (r *remembered) forget(forGood bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commits++
	r.closed = r.closed || forGood
	clear(r.known)
}
