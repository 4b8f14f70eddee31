package check

// Live watches the live events of one room on one connection. The zero value has
// received nothing.
type Live struct {
	last  int64
	Holes int // number of gaps in the revs, which the client has to fill
	// Disorder counts the revs that were not higher than the previous one.
	Disorder int
}

// Put records the rev of the next message:put.
func (l *Live) Put(rev int64) {
	switch {
	case l.last == 0:
	case rev <= l.last:
		l.Disorder++
		return
	case rev > l.last+1:
		l.Holes++
	}
	l.last = rev
}
