package auth

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"partychat/internal/chat"
)

// Touch keeps the sessions alive whose sockets are connected. Those that are
// over stay over. Those that have idled away because their store was away, and
// Touch failed, come back: an open socket is activity all the time.
//
// It gives those that have been removed. Their sockets were to be told, by
// whoever removed them, but who does may die in between, or never learn that it
// was done: so they are to go now. What has merely expired is left to Sweep.
func (s *Sessions) Touch(ctx context.Context, sessionIDs []string) (gone []string, err error) {
	now := s.options.Now().UTC()
	gone, err = s.touch(ctx, sessionIDs, now, s.outage.touchedAt(now))
	s.outage.note(err, now)
	return gone, err
}

// touch counts as activity now on sessions that were there at a time before.
func (s *Sessions) touch(ctx context.Context, sessionIDs []string, now, there time.Time) (gone []string, err error) {
	stored, err := s.store.StoredSessions(ctx, sessionIDs)
	if err != nil {
		return nil, err
	}
	missing := make(map[string]struct{}, len(sessionIDs))
	for _, id := range sessionIDs {
		missing[id] = struct{}{}
	}
	together := make(map[time.Duration][]string) // by the time without activity that ends them
	for _, session := range stored {
		delete(missing, session.ID)
		idle, _ := s.terms(session)
		switch {
		case !session.ExpiresAt.After(there), !s.due(session, now):
		case s.expiry(session, now).Equal(now.Add(idle)):
			together[idle] = append(together[idle], session.ID)
		default: // in its last half hour each has an end of its own
			if _, err := s.slide(ctx, session, now, there); err != nil {
				return nil, err
			}
		}
	}
	gone = slices.Collect(maps.Keys(missing))
	for idle, ids := range together {
		if err := s.store.TouchSessions(ctx, ids, there, now, now.Add(idle)); err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// Sweep deletes the sessions that have expired and tells every node to cut
// their sockets. It is to be called from time to time. When the store has just
// come back it leaves them until the next call, so that Touch is first.
func (s *Sessions) Sweep(ctx context.Context) error {
	now := s.options.Now().UTC()
	if s.outage.waits() {
		if _, err := s.store.SessionByID(ctx, "", now); chat.CodeOf(err) != chat.CodeNotFound {
			return err
		}
		s.outage.over()
		return nil
	}
	expired, err := s.store.DeleteExpiredSessions(ctx, now)
	for _, session := range expired {
		s.tellEnd(ctx, session, chat.EndExpired)
	}
	s.outage.note(err, now)
	return err
}

// due tells whether it is time to write the session's expiry again.
func (s *Sessions) due(session chat.Session, now time.Time) bool {
	idle, _ := s.terms(session)
	return now.Sub(session.SeenAt) >= min(slideEvery, idle/10)
}

// slide counts as activity now on a session that was there at a time before.
func (s *Sessions) slide(ctx context.Context, session chat.Session, now, there time.Time) (expiresAt time.Time, err error) {
	expiresAt = s.expiry(session, now)
	return expiresAt, s.store.TouchSessions(ctx, []string{session.ID}, there, now, expiresAt)
}

// expiry is when a session ends that is active now and then no more.
func (s *Sessions) expiry(session chat.Session, now time.Time) time.Time {
	idle, maxAge := s.terms(session)
	end := now.Add(idle)
	if maxAge > 0 {
		if last := session.CreatedAt.Add(maxAge); last.Before(end) {
			return last.UTC()
		}
	}
	return end.UTC()
}

// outage is the time for which the store was away last.
type outage struct {
	mu          sync.Mutex
	first, last time.Time // that it failed
	sweeps      bool      // whether the next sweep only looks
}

// forgiveness is how long after its end an outage still excuses sessions. Until
// then all live sockets have been touched.
const forgiveness = 2 * time.Minute

// touchedAt is when sessions were there that are touched now.
func (o *outage) touchedAt(now time.Time) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.last) < forgiveness {
		return o.first
	}
	return now
}

// note takes in how a call has ended.
func (o *outage) note(err error, now time.Time) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.last) >= forgiveness {
		o.first = now
	}
	o.last, o.sweeps = now, true
}

func (o *outage) waits() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sweeps
}

func (o *outage) over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sweeps = false
}
