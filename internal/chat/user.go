package chat

import (
	"context"
	"time"
)

// UserID identifies a user permanently. It fits a JavaScript number.
type UserID int64

// UserKind is how a user has entered.
type UserKind string

// The kinds of user.
const (
	KindMember UserKind = "member" // signed up with a password
	KindGuest  UserKind = "guest"  // has only a name
	KindBot    UserKind = "bot"    // a program
)

// Role is what a user may do, on the whole server or in one room.
type Role string

// The roles.
const (
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
)

// User is someone with a name.
type User struct {
	ID        UserID
	Username  string
	Kind      UserKind
	Role      Role // on the whole server
	CreatedAt time.Time
	// Banned from the server: all of the user's sessions are invalid.
	Banned  bool
	Profile Profile
}

// Author is the part of a user that a message contains, so that clients can show
// the message without further requests.
type Author struct {
	ID       UserID
	Username string
	Kind     UserKind
	// These are parts of the user's Profile.
	DisplayName string
	ProfileRev  int64
}

// NewUser is a user about to be stored.
type NewUser struct {
	User
	FoldedName   string   // Username folded by FoldName; unique
	PasswordHash string   // from PasswordHasher
	DeviceHash   string   // hash of the secret of a guest's device; "": none
	FirstIsAdmin bool     // the store makes the user an admin if the server has none at that time
	OnlyFirst    bool     // with FirstIsAdmin: fail unless the user becomes the first admin
	SetupHash    string   // with OnlyFirst: of the setup link to use up; "": none needed
	Rooms        []RoomID // joined in the same transaction, as RoleMember
	// Redeems, if not nil, is the invitation that the user redeems in the same
	// transaction.
	Redeems *Redemption
}

// UserSearch searches users by a part of their names.
type UserSearch struct {
	Text  string // a SearchKey; "" matches all
	After string // FoundUser.Cursor to continue after; "": from the start
	Limit int
}

// FoundUser is one result of a search.
type FoundUser struct {
	User
	Cursor string // opaque; continues the search after this user
}

// UserStore stores users.
type UserStore interface {
	// CreateUser stores the user, decides FirstIsAdmin, redeems Redeems like
	// InvitationStore.Redeem and subscribes the user to Rooms, all in one durable
	// transaction, and returns the stored user. The first admin ends all setup
	// links. A folded name that is in use, or a name that looks like another
	// user's, fails with CodeTaken on the field "username", even if both are
	// created concurrently. OnlyFirst fails with CodeForbidden if there is an
	// admin, and an invalid SetupHash with CodeNotFound on "setup".
	CreateUser(ctx context.Context, user NewUser) (User, error)
	// UserByID fails with CodeNotFound.
	UserByID(ctx context.Context, id UserID) (User, error)
	// PromoteGuest makes a guest a member with that password hash, and subscribes
	// the user to the room as RoleMember, in one durable transaction; sub is nil if
	// the user is banned from the room. The rev is that of the account's change. It
	// fails with CodeNotFound if there is no such guest.
	PromoteGuest(ctx context.Context, id UserID, passwordHash string, room RoomID, at time.Time) (user User, rev int64, sub *Subscription, err error)
	// SearchUsers returns a page of the users that match by MatchUser, in the order
	// of NameMatch. It reads an index, whatever the number of users. An invalid
	// Cursor fails with CodeInvalid on the field "after".
	SearchUsers(ctx context.Context, search UserSearch) ([]FoundUser, error)
	// UsersByID returns those of the users that exist, by folded name.
	UsersByID(ctx context.Context, ids []UserID) ([]User, error)
	// SharesRoom reports whether the two users are members of a common room, or the
	// same user.
	SharesRoom(ctx context.Context, a, b UserID) (bool, error)
}

// CredentialStore stores the hashes of credentials: passwords, and the secrets of
// guests' devices.
type CredentialStore interface {
	// Credentials returns the user with the folded name and the user's password
	// hash. It fails with CodeNotFound.
	Credentials(ctx context.Context, foldedName string) (User, string, error)
	// SetPasswordHash replaces the PasswordHash before by hash, durably; changed is
	// false if the present one is not before.
	SetPasswordHash(ctx context.Context, id UserID, before, hash string) (changed bool, err error)
	// GuestDevice returns the DeviceHash of a guest, or "" if there is none. It
	// fails with CodeNotFound.
	GuestDevice(ctx context.Context, id UserID) (hash string, err error)
	// SetGuestDevice replaces a guest's DeviceHash. It does nothing for other
	// users. PromoteGuest removes the hash.
	SetGuestDevice(ctx context.Context, id UserID, hash string) error
}

// PasswordHasher turns passwords into hashes that are safe to store.
type PasswordHasher interface {
	// Hash blocks while too many hashes are being computed, until ctx ends. If too
	// many calls wait already, it fails with CodeUnavailable immediately.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether password matches hash, in a time that does not depend
	// on the result. An empty hash never matches, but takes as long. It blocks and
	// fails like Hash.
	Verify(ctx context.Context, password, hash string) (bool, error)
}

// ReservedName reports whether nobody may choose a username, because it could be mistaken for the
// server's own name.
type ReservedName func(username string) bool

// CommonPassword reports whether a password is one of those that attackers try
// first.
type CommonPassword func(password string) bool

// FoldName maps all spellings that count as the same name to one: case folding and
// Unicode normalisation (NFKC).
type FoldName func(name string) string
