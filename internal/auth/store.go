package auth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"partychat/internal/chat"
)

// userKey and termKey are the keys of the user's id and of the session's term in
// the values of the session library.
const (
	userKey = "user"
	termKey = "term"
)

// record is the data that the session library keeps for a session.
type record struct {
	User     chat.UserID `json:"user"`
	Deadline time.Time   `json:"deadline"`
	// Ported: the session began in a version that puts the port into the name of
	// its cookie.
	Ported bool `json:"ported,omitempty"`
	Term   term `json:"term,omitempty"`
}

// recordOf returns the data of the session; empty if it cannot be decoded.
func recordOf(session chat.Session) record {
	var r record
	if err := json.Unmarshal(session.Data, &r); err != nil {
		return record{}
	}
	return r
}

// codec encodes the values of the library as a record, from which the adapter
// reads the user for the store's own column.
type codec struct{}

// Encode is specified by scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	user, _ := values[userKey].(chat.UserID)
	kept, _ := values[termKey].(term)
	return json.Marshal(record{User: user, Deadline: deadline, Term: kept, Ported: true})
}

// Decode is specified by scs.Codec.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return time.Time{}, nil, err
	}
	return r.Deadline, map[string]any{userKey: r.User, termKey: r.Term}, nil
}

// adapter lets the session library keep its sessions in a chat.SessionStore. It
// also records what it reads and writes in the visit of the context, because the
// library passes on neither the id nor the times.
type adapter struct {
	store  chat.SessionStore
	both   chat.SessionUserStore // nil if users are kept elsewhere
	expiry func(session chat.Session, now time.Time) time.Time
	now    func() time.Time
}

// FindCtx is specified by scs.CtxStore.
func (a adapter) FindCtx(ctx context.Context, id string) ([]byte, bool, error) {
	session, err := a.read(ctx, id)
	if chat.CodeOf(err) == chat.CodeNotFound {
		if v := visitFrom(ctx); v != nil {
			v.ended = append(v.ended, id)
		}
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if v := visitFrom(ctx); v != nil {
		v.session = session
	}
	return session.Data, true, nil
}

// read returns a session. It reads the user, too, where that is no more work.
func (a adapter) read(ctx context.Context, id string) (chat.Session, error) {
	v := visitFrom(ctx)
	if a.both == nil || v == nil {
		return a.store.SessionByID(ctx, id, a.now())
	}
	found, err := a.both.SessionUser(ctx, id, a.now())
	if chat.CodeOf(err) == chat.CodeNotFound {
		return a.store.SessionByID(ctx, id, a.now()) // it may have no user yet
	}
	if err != nil {
		return chat.Session{}, err
	}
	v.found = &found
	return found.Session, nil
}

// CommitCtx ignores the expiry of the library. The expiry follows from the idle
// time-out and the maximum age, by our clock.
func (a adapter) CommitCtx(ctx context.Context, id string, data []byte, _ time.Time) error {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	now := a.now().UTC()
	session := chat.Session{ID: id, User: r.User, Data: data, CreatedAt: now, SeenAt: now}
	session.ExpiresAt = a.expiry(session, now)
	if v := visitFrom(ctx); v != nil {
		session.Device = describeAgent(v.agent)
	}
	if err := a.store.PutSession(ctx, session); err != nil {
		return err
	}
	if v := visitFrom(ctx); v != nil {
		v.session = session
	}
	return nil
}

// DeleteCtx is specified by scs.CtxStore. It tries twice: a store that gave no
// answer may have deleted the session, and a later retry would find no session
// whose sockets must be disconnected.
func (a adapter) DeleteCtx(ctx context.Context, id string) error {
	err := a.store.DeleteSession(ctx, id)
	if chat.CodeOf(err) == chat.CodeUnavailable {
		err = a.store.DeleteSession(ctx, id)
	}
	return err
}

// errNoContext is the error of the methods below. The library requires them but
// never calls them, because the methods above exist.
var errNoContext = errors.New("auth: session store used without a context")

// Find is specified by scs.Store.
func (adapter) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is specified by scs.Store.
func (adapter) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is specified by scs.Store.
func (adapter) Delete(string) error { return errNoContext }
