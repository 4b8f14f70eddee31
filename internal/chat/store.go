package chat

import "context"

// Store stores everything durable; the small interfaces have the contracts. All
// methods are safe for concurrent use. A write returns once its commit is durable;
// after an error, nothing has changed. An error that is not an *Error is a fault of
// the server; temporary failures (database locked, disk full, server restarting)
// are CodeUnavailable.
type Store interface {
	UserStore
	ProfileStore
	CredentialStore
	AccountStore
	SessionStore
	SessionUserStore
	RoomStore
	RoomAdminStore
	MembershipStore
	ReadingStore
	SettingsStore
	ConversationStore
	InvitationStore
	BanStore
	StreamStore
	MessageStore
	ReactionStore
	PinStore
	BookmarkStore
	ThreadStore
	MessageSearchStore
	MentionStore
	UploadStore
	SentFileStore
	BlobRecords
	JobStore
	PushStore
	PushTrailStore
	// Ping reports whether the store can read and write now. It detects by itself
	// when a failed store works again.
	Ping(ctx context.Context) error
	// Close waits for writes in flight and releases everything.
	Close() error
}
