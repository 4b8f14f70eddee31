package chat

// Limiter limits how often each user may do one kind of action.
type Limiter interface {
	// Take counts one action. It fails with CodeRateLimited; RetryAfter says when
	// another action is allowed.
	Take(user UserID) error
	// GiveBack undoes one Take, if the action changed nothing.
	GiveBack(user UserID)
}

// unlimited is the Limiter used when none is configured.
type unlimited struct{}

// Take allows everything.
func (unlimited) Take(UserID) error { return nil }

// GiveBack has nothing to undo.
func (unlimited) GiveBack(UserID) {}
