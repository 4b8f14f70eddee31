package live

import "partychat/internal/chat"

// maxWaiting is how many events of a stream wait for one before them. Further
// ones are read from the store once it is their turn.
const maxWaiting = 256

// sequence puts the events of one stream into the order of rev, whatever the
// broker has lost, duplicated or reordered. It does no input or output; what its
// methods return is to be delivered at once, in that order.
//
// Until begin has said where the stream is, a sequence returns nothing.
type sequence struct {
	begun   bool
	at      int64 // everything up to this rev has been delivered
	known   int64 // the highest rev that the stream is known to have reached
	waiting map[int64]chat.Revised
}

// begin tells that the stream has reached rev, and gives the rev after which
// everything is delivered. A sequence that has not begun does so at rev.
func (q *sequence) begin(rev int64) (after int64, out []chat.Revised) {
	q.expect(rev)
	if q.begun {
		return q.at, nil
	}
	q.begun, q.at = true, rev
	return rev, q.drain(nil)
}

// offer takes an event that has arrived.
func (q *sequence) offer(e chat.Revised) []chat.Revised {
	rev := e.Revision()
	q.expect(rev)
	switch {
	case q.begun && rev <= q.at:
		return nil
	case !q.begun || rev > q.at+1:
		q.keep(rev, e)
		return nil
	}
	q.at = rev
	if len(q.waiting) == 0 {
		return []chat.Revised{e}
	}
	return q.drain([]chat.Revised{e})
}

// keep lets an early event wait, if there is room.
func (q *sequence) keep(rev int64, e chat.Revised) {
	if len(q.waiting) >= maxWaiting {
		return
	}
	if q.waiting == nil {
		q.waiting = make(map[int64]chat.Revised)
	}
	q.waiting[rev] = e
}

// expect notes that the stream has reached rev.
func (q *sequence) expect(rev int64) { q.known = max(q.known, rev) }

// behind reports whether something is missing that is known to be there.
func (q *sequence) behind() bool { return q.begun && q.at < q.known }

// fill takes what the store says has changed after a rev that had been delivered:
// the present state of each changed thing, in the order of rev, up to the given
// one. A rev without an event was taken by a change that a later one has replaced.
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

// drain appends the waiting events whose turn it is, and forgets those that have
// been overtaken.
func (q *sequence) drain(out []chat.Revised) []chat.Revised {
	for {
		e, ok := q.waiting[q.at+1]
		if !ok {
			break
		}
		q.at++
		out = append(out, e)
	}
	for rev := range q.waiting {
		if rev <= q.at {
			delete(q.waiting, rev)
		}
	}
	return out
}
