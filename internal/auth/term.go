package auth

import (
	"context"
	"encoding/json"
	"time"

	"partychat/internal/chat"
)

// term selects the options that limit a session. It is stored with the session,
// so that a changed option applies to existing sessions.
type term string

const (
	termDefault term = ""      // IdleTimeout and MaxAge
	termGuest   term = "guest" // GuestIdle
	termKept    term = "kept"  // KeptIdle and MaxAge
)

// terms returns the idle time-out and the maximum age of the session; 0 or less:
// none.
func (o *SessionOptions) terms(session chat.Session) (idle, maxAge time.Duration) {
	switch recordOf(session).Term {
	case termGuest:
		return o.GuestIdle, 0
	case termKept:
		return max(o.KeptIdle, o.IdleTimeout), o.MaxAge
	default:
		return o.IdleTimeout, o.MaxAge
	}
}

// extend sets the term of a guest's session that is older than this term.
func extend(ctx context.Context, s *Sessions, v *visit) error {
	if v.user.Kind != chat.KindGuest {
		return nil
	}
	return setTerm(ctx, s, v, termGuest)
}

// Keep makes the session of the request of ctx last through long absence, as if its user
// had wished so at the log-in. It fails with CodeUnauthenticated if there is no session.
func (s *Sessions) Keep(ctx context.Context) error {
	v := visitFrom(ctx)
	if v == nil || v.session.User == 0 {
		return errUnauthenticated()
	}
	return setTerm(ctx, s, v, termKept)
}

// setTerm sets the term of a session that has the default.
func setTerm(ctx context.Context, s *Sessions, v *visit, to term) error {
	r := recordOf(v.session)
	if r.Term != termDefault {
		return nil
	}
	r.Term = to
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	now := s.options.Now().UTC()
	session := v.session
	session.Data, session.SeenAt = data, now
	session.ExpiresAt = s.options.expiry(session, now)
	if err := s.store.PutSession(ctx, session); err != nil {
		return err
	}
	v.session, v.slid = session, true
	return nil
}
