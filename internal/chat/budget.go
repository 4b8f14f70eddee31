package chat

// Budget bounds what one user may ask of the server beside messages, which have
// a Limiter of their own: over sockets and REST together, so that more
// connections are no way around it. Whoever takes a request from a user asks it.
type Budget interface {
	// Read allows one read, and counts the memory that a page takes until done is
	// called, when the answer has been handed over. It fails with CodeRateLimited,
	// and with CodeUnavailable if all users together read too much; RetryAfter says
	// when to try again.
	Read(user UserID) (done func(), err error)
	// Write allows one write, or fails with CodeRateLimited.
	Write(user UserID) error
}

// noBudget is the Budget of who sets none.
type noBudget struct{}

// Read allows everything.
func (noBudget) Read(UserID) (func(), error) { return func() {}, nil }

// Write allows everything.
func (noBudget) Write(UserID) error { return nil }
