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

// Touch extends sessions whose sockets are connected. Expired sessions stay
// expired, with one exception: if a session expired because its store was down
// and Touch failed, it becomes valid again, because an open socket is activity
// all the time.
//
// It returns the sessions that have been removed. Their sockets should have been
// disconnected by an event, but the node that removed them may have died before
// it published the event, or may not know that the removal succeeded. So the
// caller must disconnect them now. Sweep handles sessions that have merely
// expired.
func (s *Sessions) Touch(ctx context.Context, sessionIDs []string) (gone []string, err error) {
	now := s.options.Now().UTC()
	gone, err = s.touch(ctx, sessionIDs, now, s.outage.touchedAt(now))
	s.outage.note(err, now)
	return gone, err
}

// touch records activity now on sessions that were valid at a time before.
func (s *Sessions) touch(ctx context.Context, sessionIDs []string, now, there time.Time) (gone []string, err error) {
	stored, err := s.store.StoredSessions(ctx, sessionIDs)
	if err != nil {
		return nil, err
	}
	missing := make(map[string]struct{}, len(sessionIDs))
	for _, id := range sessionIDs {
		missing[id] = struct{}{}
	}
	together := make(map[time.Duration][]string) // by their idle time-out
	for _, session := range stored {
		delete(missing, session.ID)
		idle, _ := s.options.terms(session)
		switch {
		case !session.ExpiresAt.After(there), !s.options.due(session, now):
		case s.options.expiry(session, now).Equal(now.Add(idle)):
			together[idle] = append(together[idle], session.ID)
		default: // shortly before its maximum age, a session has its own end
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

// Sweep deletes expired sessions and tells every node to disconnect their
// sockets. Call it from time to time. Right after an outage of the store the
// first call deletes nothing, so that Touch comes first.
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
		s.tellEnd(ctx, session, chat.EndExpired, 0)
	}
	s.outage.note(err, now)
	return err
}

// due reports whether the session's expiry should be written again.
func (o *SessionOptions) due(session chat.Session, now time.Time) bool {
	idle, _ := o.terms(session)
	return now.Sub(session.SeenAt) >= min(slideEvery, idle/10)
}

// slide records activity now on a session that was valid at a time before.
func (s *Sessions) slide(ctx context.Context, session chat.Session, now, there time.Time) (expiresAt time.Time, err error) {
	expiresAt = s.options.expiry(session, now)
	return expiresAt, s.store.TouchSessions(ctx, []string{session.ID}, there, now, expiresAt)
}

// expiry returns the end of a session whose last activity is now.
func (o *SessionOptions) expiry(session chat.Session, now time.Time) time.Time {
	idle, maxAge := o.terms(session)
	end := now.Add(idle)
	if maxAge > 0 {
		if last := session.CreatedAt.Add(maxAge); last.Before(end) {
			return last.UTC()
		}
	}
	return end.UTC()
}

// outage is the last period in which the store was down.
type outage struct {
	mu          sync.Mutex
	first, last time.Time // times of failures
	sweeps      bool      // the next sweep deletes nothing
}

// forgiveness is the time after an outage in which the outage still excuses
// expired sessions. By then all live sockets have been touched.
const forgiveness = 2 * time.Minute

// touchedAt returns the time at which sessions must have been valid to be touched
// now.
func (o *outage) touchedAt(now time.Time) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now.Sub(o.last) < forgiveness {
		return o.first
	}
	return now
}

// note records the result of a call.
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
