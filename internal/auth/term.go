package auth

import (
	"context"
	"encoding/json"
	"time"

	"partychat/internal/chat"
)

// term says which of the options say how long a session lasts. It is kept with
// the session, so that an option that is changed counts for all sessions.
type term string

const (
	termDefault term = ""      // IdleTimeout and MaxAge
	termGuest   term = "guest" // GuestIdle
	termKept    term = "kept"  // KeptIdle and MaxAge
)

// terms gives after how much time without activity the session ends, and how long
// after it began whatever happens; 0 or less: never.
func (s *Sessions) terms(session chat.Session) (idle, maxAge time.Duration) {
	switch recordOf(session).Term {
	case termGuest:
		return s.options.GuestIdle, 0
	case termKept:
		return max(s.options.KeptIdle, s.options.IdleTimeout), s.options.MaxAge
	default:
		return s.options.IdleTimeout, s.options.MaxAge
	}
}

// extend gives a guest's session the term of guests, if it is from before there
// was one.
func (s *Sessions) extend(ctx context.Context, v *visit) error {
	r := recordOf(v.session)
	if v.user.Kind != chat.KindGuest || r.Term != termDefault {
		return nil
	}
	r.Term = termGuest
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	now := s.options.Now().UTC()
	session := v.session
	session.Data, session.SeenAt = data, now
	session.ExpiresAt = s.expiry(session, now)
	if err := s.store.PutSession(ctx, session); err != nil {
		return err
	}
	v.session, v.slid = session, true
	return nil
}
