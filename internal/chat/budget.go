package chat

// Budget limits each user's requests, except messages, which have their own
// Limiter. REST and sockets share it, so that opening more connections doesn't get
// around it. Every handler calls it before it serves a request.
type Budget interface {
	// Read counts one read. It also counts the memory that a page occupies, until
	// done is called once the answer has been handed over. It fails with
	// CodeRateLimited, or with CodeUnavailable if all users together read too much;
	// RetryAfter says when to try again.
	Read(user UserID) (done func(), err error)
	// Write counts one write. It fails with CodeRateLimited.
	Write(user UserID) error
}

// noBudget is the Budget used when none is configured.
type noBudget struct{}

// Read allows everything.
func (noBudget) Read(UserID) (func(), error) { return func() {}, nil }

// Write allows everything.
func (noBudget) Write(UserID) error { return nil }
