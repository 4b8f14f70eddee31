package gateway

import "partychat/internal/chat"

// maxWaiting is how many messages of a room wait for one before them. Those
// beyond are read from the store once it is their turn.
const maxWaiting = 256

// sequence brings the messages of one room into the order of rev, whatever the
// broker has lost, doubled or shuffled. It does no input or output; what its
// methods return is to be delivered in that order, at once.
type sequence struct {
	at      int64 // everything up to this rev has been delivered
	known   int64 // the highest rev that the room is known to have reached
	waiting map[int64]chat.Message
}

// offer takes a message that has arrived.
func (q *sequence) offer(m chat.Message) []chat.Message {
	q.expect(m.Rev)
	if m.Rev <= q.at {
		return nil
	}
	if m.Rev > q.at+1 {
		if len(q.waiting) < maxWaiting {
			if q.waiting == nil {
				q.waiting = make(map[int64]chat.Message)
			}
			q.waiting[m.Rev] = m
		}
		return nil
	}
	q.at = m.Rev
	if len(q.waiting) == 0 {
		return []chat.Message{m}
	}
	return q.drain([]chat.Message{m})
}

// pass notes that something other than a message has taken a rev of the room.
func (q *sequence) pass(rev int64) []chat.Message {
	return q.offer(chat.Message{Rev: rev})
}

// expect notes that the room has reached rev.
func (q *sequence) expect(rev int64) { q.known = max(q.known, rev) }

// behind tells whether something that is known to be there has not been delivered.
func (q *sequence) behind() bool { return q.at < q.known }

// fill takes what the store says has changed since some rev that had been delivered.
func (q *sequence) fill(changes chat.Changes) []chat.Message {
	var out []chat.Message
	for _, m := range changes.Messages {
		if m.Rev > q.at {
			q.at = m.Rev
			out = append(out, m)
		}
	}
	q.at = max(q.at, changes.Rev)
	q.expect(q.at)
	return q.drain(out)
}

// drain appends the waiting messages whose turn it is, and forgets those that
// have been overtaken.
func (q *sequence) drain(out []chat.Message) []chat.Message {
	for {
		m, ok := q.waiting[q.at+1]
		if !ok {
			break
		}
		q.at++
		out = append(out, m)
	}
	for rev := range q.waiting {
		if rev <= q.at {
			delete(q.waiting, rev)
		}
	}
	return out
}
