package chat

// SendLimiter bounds how many messages one user sends or changes, however they
// come in.
type SendLimiter interface {
	// Take counts one message of the user, or fails with CodeRateLimited, and
	// RetryAfter says when there is room for it.
	Take(user UserID) error
	// GiveBack undoes one Take: nothing new came of it.
	GiveBack(user UserID)
}

// unlimited is the SendLimiter of who asks for none.
type unlimited struct{}

// Take allows everything.
func (unlimited) Take(UserID) error { return nil }

// GiveBack has nothing to undo.
func (unlimited) GiveBack(UserID) {}
