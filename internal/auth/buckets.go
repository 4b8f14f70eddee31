package auth

import "time"

// bucket is a token bucket. Unlike the common one, it also takes tokens back.
type bucket struct {
	tokens float64
	at     time.Time // the time to which tokens refers
}

// buckets is a token bucket for each key.
type buckets struct {
	rate  Rate
	byKey *lru[*bucket]
}

func newBuckets(r Rate, entries int) *buckets {
	return &buckets{rate: r, byKey: newLRU[*bucket](entries)}
}

// take takes one token, or returns the time until there is one.
func (b *buckets) take(k key, now time.Time) (wait time.Duration) {
	if b.rate.Burst < 0 {
		return 0
	}
	of := b.filled(k, now)
	if of == nil {
		of = &bucket{tokens: float64(b.rate.Burst), at: now}
		b.byKey.put(k, of)
	}
	if missing := 1 - of.tokens; missing > 0 {
		return time.Duration(missing * float64(b.rate.Every))
	}
	of.tokens--
	return 0
}

// giveBack undoes one take.
func (b *buckets) giveBack(k key, now time.Time) {
	if of := b.filled(k, now); of != nil {
		of.tokens = min(of.tokens+1, float64(b.rate.Burst))
	}
}

func (b *buckets) forget(k key) { b.byKey.remove(k) }

// filled returns the bucket of the key with its tokens at this time, or nil if
// nothing was taken from it.
func (b *buckets) filled(k key, now time.Time) *bucket {
	of, ok := b.byKey.get(k)
	if !ok {
		return nil
	}
	if elapsed := now.Sub(of.at); elapsed > 0 {
		of.tokens = min(of.tokens+float64(elapsed)/float64(b.rate.Every), float64(b.rate.Burst))
		of.at = now
	}
	return of
}
