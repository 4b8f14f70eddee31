package check

// Live watches the live events of one room on one connection. The zero value is
// one that has heard nothing.
type Live struct {
	last  int64
	Holes int // how often a rev was left out; the client has to ask
	// Disorder is how often a rev came that was not higher than the one before.
	Disorder int
}

// Put takes the rev of the next message:put.
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
