package live

import "partychat/internal/chat"

// maxWaiting is the maximum number of events of a stream that wait for an earlier one.
// Events beyond that are dropped and read from the store later.
const maxWaiting = 256

// sequence puts the events of one stream into the order of rev, whatever the
// broker has lost, duplicated or reordered. It does no I/O: the caller delivers the
// events that its methods return, in that order.
//
// Before begin, a sequence returns no events.
type sequence struct {
	begun   bool
	at      int64                  // everything up to this rev has been delivered
	known   int64                  // the highest rev that the stream is known to have reached
	waiting map[int64]chat.Revised // by the first rev of each
}

// begin starts the sequence at rev, which the stream has reached, and returns the rev
// after which it delivers every event. A sequence that has begun only notes rev.
func (q *sequence) begin(rev int64) (after int64, out []chat.Revised) {
	q.expect(rev)
	if q.begun {
		return q.at, nil
	}
	q.begun, q.at = true, rev
	return rev, q.drain(nil)
}

// offer adds an event that has arrived.
func (q *sequence) offer(e chat.Revised) []chat.Revised {
	rev, first := e.Revision(), firstOf(e)
	q.expect(rev)
	switch {
	case q.begun && rev <= q.at:
		return nil
	case !q.begun || first > q.at+1:
		q.keep(first, e)
		return nil
	}
	q.at = rev
	if len(q.waiting) == 0 {
		return []chat.Revised{e}
	}
	return q.drain([]chat.Revised{e})
}

// firstOf returns the first rev that an event has taken. Events of several changes are
// delivered whole: one of which only the end is new repeats its beginning, which does no
// harm.
func firstOf(e chat.Revised) int64 {
	if several, ok := e.(chat.Spanning); ok {
		return several.FirstRevision()
	}
	return e.Revision()
}

// keep stores an early event, unless too many wait already.
func (q *sequence) keep(first int64, e chat.Revised) {
	if len(q.waiting) >= maxWaiting {
		return
	}
	if q.waiting == nil {
		q.waiting = make(map[int64]chat.Revised)
	}
	if before, there := q.waiting[first]; there && before.Revision() >= e.Revision() {
		return
	}
	q.waiting[first] = e
}

// expect notes that the stream has reached rev.
func (q *sequence) expect(rev int64) { q.known = max(q.known, rev) }

// behind reports whether events are missing up to the highest known rev.
func (q *sequence) behind() bool { return q.begun && q.at < q.known }

// fill adds changes read from the store: the present state of each changed thing, in
// the order of rev, up to the given rev. A later change has replaced those whose rev
// has no event.
func (q *sequence) fill(events []chat.Revised, rev int64) []chat.Revised {
	before := q.at
	var out []chat.Revised
	for _, e := range events {
		if e.Revision() > before {
			q.at = max(q.at, e.Revision())
			out = append(out, e)
		}
	}
	q.at = max(q.at, rev)
	q.expect(q.at)
	return q.drain(out)
}

// drain appends the waiting events that come next, and removes waiting events that
// have been delivered.
func (q *sequence) drain(out []chat.Revised) []chat.Revised {
	for {
		e, ok := q.next()
		if !ok {
			return out
		}
		q.at = e.Revision()
		out = append(out, e)
	}
}

// next returns the waiting event that comes next, and removes those that have been
// delivered.
func (q *sequence) next() (e chat.Revised, ok bool) {
	if e, ok = q.waiting[q.at+1]; ok {
		delete(q.waiting, q.at+1)
		return e, true
	}
	for first, waiting := range q.waiting {
		switch {
		case waiting.Revision() <= q.at:
			delete(q.waiting, first)
		case first <= q.at: // only its end is new
			e, ok = waiting, true
		}
	}
	return e, ok
}
