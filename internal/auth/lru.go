package auth

import "crypto/sha256"

// key represents names and addresses in constant space.
type key [16]byte

func keyOf(parts ...string) key {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0}) // no part contains it, so different lists give different keys
	}
	return key(h.Sum(nil)[:16])
}

// lru holds at most max values and forgets the least recently used one first. It
// is not safe for concurrent use.
type lru[V any] struct {
	max   int
	byKey map[key]*lruEntry[V]
	ring  *lruEntry[V] // between the least and the most recently used; holds no value
}

type lruEntry[V any] struct {
	key          key
	value        V
	newer, older *lruEntry[V]
}

func newLRU[V any](entries int) *lru[V] {
	ring := &lruEntry[V]{}
	ring.newer, ring.older = ring, ring
	return &lru[V]{max: entries, byKey: make(map[key]*lruEntry[V]), ring: ring}
}

func (l *lru[V]) get(k key) (value V, ok bool) {
	e, ok := l.byKey[k]
	if !ok {
		return value, false
	}
	l.unlink(e)
	l.link(e)
	return e.value, true
}

func (l *lru[V]) put(k key, value V) {
	l.remove(k)
	if len(l.byKey) >= l.max {
		l.remove(l.ring.newer.key)
	}
	e := &lruEntry[V]{key: k, value: value}
	l.byKey[k] = e
	l.link(e)
}

func (l *lru[V]) remove(k key) {
	if e, ok := l.byKey[k]; ok {
		l.unlink(e)
		delete(l.byKey, k)
	}
}

// link makes the entry the most recently used one.
func (l *lru[V]) link(e *lruEntry[V]) {
	e.older, e.newer = l.ring.older, l.ring
	e.older.newer, e.newer.older = e, e
}

func (l *lru[V]) unlink(e *lruEntry[V]) {
	e.older.newer, e.newer.older = e.newer, e.older
}

func (l *lru[V]) len() int { return len(l.byKey) }
