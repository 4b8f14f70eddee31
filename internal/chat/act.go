package chat

// Act is a change of what is stored: who makes it, and what allows it. Where a
// store takes one, nil stands for the server itself, which needs no permission.
type Act struct {
	By UserID
	// May decides whether the act is allowed. The store calls it within the
	// transaction that acts, behind the locks that keep all others from changing
	// what it is decided on, before it changes anything. Its error undoes the
	// transaction and is returned as it is. It may be called again, when a
	// transaction is repeated. Nil allows the act.
	May func(Access) error
	// Needs is what AppendMessage asks for in place of May, which no statement
	// can call. It fails with ErrNoStanding.
	Needs Standing
	// Shows is set by AppendMessage: the users into whose lists the message
	// brings a conversation back.
	Shows []UserID
}

// Access is what the permission to act is decided on, as it is in the
// transaction that acts. What the act does not concern, or is not there, is zero.
type Access struct {
	By         User // as stored
	Room       Room
	Membership *Membership // of By in Room
	Banned     bool        // whether By is banned from Room
	Message    *Message    // that is changed
	Invitation *Invitation // that is revoked
	Target     User        // whom the act is done to
	Targets    *Membership // of Target in Room
}

// keep gives may, and keeps what it was last called with.
func (a *Access) keep(may func(Access) error) func(Access) error {
	return func(now Access) error {
		*a = now
		return may(now)
	}
}

// Standing is what must hold of the author of a message when it is stored: a
// permission in a form that a statement can check. None of it is asked by zero.
type Standing struct {
	Member   bool // a member of the room
	Unbanned bool // not banned from the server
}

// HeldBy tells whether it holds of a user with that membership, nil for none.
func (s Standing) HeldBy(user User, membership *Membership) bool {
	return (membership != nil || !s.Member) && (!user.Banned || !s.Unbanned)
}

// ErrNoStanding is what a store answers when an author does not have the
// Standing that a message asks for.
func ErrNoStanding() *Error {
	return Errorf(CodeForbidden, "The author may not write in this room.")
}
