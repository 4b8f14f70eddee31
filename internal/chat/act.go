package chat

// Act describes who makes a change to the store, and what permits it. A nil *Act is
// the server itself, which needs no permission.
type Act struct {
	By UserID
	// May decides whether the change is allowed. The store calls it within the
	// transaction that makes the change, before changing anything, while holding
	// locks on everything in Access. Its error rolls the transaction back and is
	// returned unchanged. If the transaction is retried, May is called again. Nil
	// allows the change.
	May func(Access) error
	// Needs replaces May for AppendMessage, because a statement can't call a
	// function. If it isn't met, AppendMessage fails with ErrNoStanding.
	Needs Standing
	// Shows is set by AppendMessage: the users in whose lists the message makes a
	// hidden conversation reappear.
	Shows []UserID
	// Follows is set by AppendMessage: what those are to the message's thread whom it has
	// made follow the thread or read on in it.
	Follows []ThreadState
	// Touches is set by AppendMessage and ChangeMessage: another message of the room
	// that has changed as well, the root of a thread. It needs an event of its own.
	Touches *Message
}

// Access is the state that permissions are decided on, as seen by the transaction
// that makes the change. Fields that don't concern the change, or whose object
// doesn't exist, are zero.
type Access struct {
	By         User // as stored
	Room       Room
	Membership *Membership // of By in Room
	Banned     bool        // whether By is banned from Room
	Message    *Message    // to be changed
	Invitation *Invitation // to be revoked
	Target     User        // the user that the change is about
	Targets    *Membership // of Target in Room
}

// keep returns may, wrapped so that a is set to its latest argument.
func (a *Access) keep(may func(Access) error) func(Access) error {
	return func(now Access) error {
		*a = now
		return may(now)
	}
}

// Standing is a permission in a form that a statement can check: what an author
// needs when the message is stored. The zero value needs nothing.
type Standing struct {
	Member   bool // a member of the room
	Unbanned bool // not banned from the server
	Open     bool // the room is not archived
}

// HeldBy reports whether a user with that membership (nil: none) of the room meets it.
func (s Standing) HeldBy(user User, room Room, membership *Membership) bool {
	return (membership != nil || !s.Member) && (!user.Banned || !s.Unbanned) && (!room.Archived() || !s.Open)
}

// ErrNoStanding is the store's error if an author lacks the Standing that a message
// needs.
func ErrNoStanding() *Error {
	return Errorf(CodeForbidden, "The author may not write in this room.")
}
