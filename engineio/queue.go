package engineio

import "sync"

// chunkSize makes a chunk fill a size class of the allocator (144 bytes).
const chunkSize = 15

// chunk is a piece of a queue. Chunks are pooled, so a session with nothing to send holds none.
type chunk struct {
	messages   [chunkSize]*Message
	next       *chunk
	head, tail uint8
}

var chunks = sync.Pool{New: func() any { return new(chunk) }}

// queue holds a session's outgoing messages, in order.
type queue struct {
	first, last *chunk
	packets     int
	bytes       int
}

func (q *queue) push(m *Message) {
	if q.last == nil || q.last.tail == chunkSize {
		c, _ := chunks.Get().(*chunk)
		if q.last == nil {
			q.first = c
		} else {
			q.last.next = c
		}
		q.last = c
	}
	q.last.messages[q.last.tail] = m
	q.last.tail++
	q.packets++
	q.bytes += m.size()
}

// pop removes the first message. The queue must not be empty.
func (q *queue) pop() *Message {
	c := q.first
	m := c.messages[c.head]
	c.messages[c.head] = nil
	c.head++
	q.packets--
	q.bytes -= m.size()
	if c.head == c.tail {
		q.first = c.next
		if q.first == nil {
			q.last = nil
		}
		c.next, c.head, c.tail = nil, 0, 0 // its slots are empty
		chunks.Put(c)
	}
	return m
}

// gather moves frames to dst, in the form that the client takes, until dst is longer than limit or the
// queue is empty.
func (q *queue) gather(dst []byte, limit int, f form) []byte {
	for q.packets > 0 && len(dst) < limit {
		dst = q.pop().appendFrame(dst, f)
	}
	return dst
}

// appendPayload moves at most this many packets to a polling payload.
func (q *queue) appendPayload(dst []byte, most int) []byte {
	for n := 0; q.packets > 0 && n < most; n++ {
		if n > 0 {
			dst = append(dst, separator)
		}
		dst = q.pop().appendPayload(dst)
	}
	return dst
}

// discard empties the queue.
func (q *queue) discard() {
	for q.packets > 0 {
		q.pop()
	}
}
