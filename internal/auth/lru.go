package auth

import (
	"container/list"
	"crypto/sha256"
)

// key stands for some names and addresses, in constant space.
type key [16]byte

func keyOf(parts ...string) key {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0}) // no address contains it, so no two lists of parts are alike
	}
	return key(h.Sum(nil)[:16])
}

// lru keeps at most max values and forgets the least recently used one first.
// It is not safe for use from several goroutines.
type lru[V any] struct {
	max   int
	byKey map[key]*list.Element
	order list.List // of lruEntry[V], the most recently used first
}

type lruEntry[V any] struct {
	key   key
	value V
}

func newLRU[V any](max int) *lru[V] {
	return &lru[V]{max: max, byKey: make(map[key]*list.Element)}
}

func (l *lru[V]) get(k key) (value V, ok bool) {
	e, ok := l.byKey[k]
	if !ok {
		return value, false
	}
	l.order.MoveToFront(e)
	return e.Value.(lruEntry[V]).value, true
}

func (l *lru[V]) put(k key, value V) {
	if e, ok := l.byKey[k]; ok {
		e.Value = lruEntry[V]{k, value}
		l.order.MoveToFront(e)
		return
	}
	if l.order.Len() >= l.max {
		l.remove(l.order.Back().Value.(lruEntry[V]).key)
	}
	l.byKey[k] = l.order.PushFront(lruEntry[V]{k, value})
}

func (l *lru[V]) remove(k key) {
	if e, ok := l.byKey[k]; ok {
		l.order.Remove(e)
		delete(l.byKey, k)
	}
}

func (l *lru[V]) len() int { return l.order.Len() }
