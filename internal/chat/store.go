package chat

import "context"

// Store keeps everything that must survive: see the small interfaces for the
// contracts. All methods may be called from many goroutines. A method that
// writes returns after its commit is durable, and errors leave nothing behind.
// An error that is no *Error is a fault; one that goes away by itself (database
// locked, disk full, server restarting) is CodeUnavailable.
type Store interface {
	UserStore
	CredentialStore
	AccountStore
	SessionStore
	RoomStore
	MembershipStore
	ConversationStore
	InvitationStore
	BanStore
	StreamStore
	MessageStore
	// Ping tells whether the store can read and write now. It sees by itself
	// when a store that could not can again.
	Ping(ctx context.Context) error
	// Close waits for writes under way and releases everything.
	Close() error
}
