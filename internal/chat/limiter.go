package chat

// Limiter bounds how often one user does a thing, however the calls come in.
type Limiter interface {
	// Take counts one time, or fails with CodeRateLimited, and RetryAfter says
	// when there is room for it.
	Take(user UserID) error
	// GiveBack undoes one Take: nothing new came of it.
	GiveBack(user UserID)
}

// unlimited is the Limiter of who asks for none.
type unlimited struct{}

// Take allows everything.
func (unlimited) Take(UserID) error { return nil }

// GiveBack has nothing to undo.
func (unlimited) GiveBack(UserID) {}
