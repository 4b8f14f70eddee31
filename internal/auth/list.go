package auth

import (
	"context"

	"partychat/internal/chat"
)

// List returns the user's sessions, newest first.
func (s *Sessions) List(ctx context.Context, user chat.UserID) ([]chat.Session, error) {
	return s.store.SessionsOfUser(ctx, user, s.options.Now().UTC())
}

// Revoke ends one of the user's sessions and tells every node to disconnect its
// sockets. It fails with CodeNotFound if the user has no such session.
func (s *Sessions) Revoke(ctx context.Context, user chat.UserID, id string) error {
	sessions, err := s.List(ctx, user)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if session.ID == id {
			return revoke(ctx, s, session)
		}
	}
	return chat.ErrorIn("session", chat.CodeNotFound, "This session has already ended.")
}

// RevokeOthers ends all of the user's sessions except the one with that id; ""
// ends all.
func (s *Sessions) RevokeOthers(ctx context.Context, user chat.UserID, except string) error {
	ctx = context.WithoutCancel(ctx) // complete both steps even if the client has disconnected
	sessions, err := s.List(ctx, user)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if session.ID == except {
			continue
		}
		if err := revoke(ctx, s, session); err != nil {
			return err
		}
	}
	return nil
}

func revoke(ctx context.Context, s *Sessions, session chat.Session) error {
	rev, err := noteEnd(ctx, s.users, session, chat.EndRevoked)
	if err != nil {
		return err
	}
	if err := (adapter{store: s.store}).DeleteCtx(ctx, session.ID); err != nil {
		return err
	}
	s.tellEnd(ctx, session, chat.EndRevoked, rev)
	return nil
}

// Undo ends the session that Start has just begun in the request of ctx, if
// nobody may get its token.
func (s *Sessions) Undo(ctx context.Context, token string) error {
	if v := visitFrom(ctx); v != nil && !v.bearer && v.session.User != 0 {
		if err := s.End(ctx); err != nil {
			return err
		}
	}
	ctx = context.WithValue(context.WithoutCancel(ctx), visitKey{}, &visit{})
	ctx, err := s.beside.Load(ctx, token)
	if err != nil {
		return err
	}
	return s.beside.Destroy(ctx)
}
