package chat

import (
	"context"
	"time"
)

// UserID identifies a user for good. It fits a JavaScript number.
type UserID int64

// UserKind says how a user came in.
type UserKind string

// The kinds of user.
const (
	KindMember UserKind = "member" // signed up with a password
	KindGuest  UserKind = "guest"  // a name and nothing else
	KindBot    UserKind = "bot"    // a program
)

// Role is what a user may do: on the whole server, or within one room.
type Role string

// The roles.
const (
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
)

// User is someone with a name.
type User struct {
	ID        UserID    `json:"id"`
	Username  string    `json:"username"`
	Kind      UserKind  `json:"kind"`
	Role      Role      `json:"role"` // on the whole server
	CreatedAt time.Time `json:"createdAt"`
	// Banned from the server: no session of the user is good for anything.
	Banned bool `json:"banned,omitempty"`
}

// Author is the part of a user that a message carries, so that a message can be
// shown without asking for anything else.
type Author struct {
	ID       UserID   `json:"id"`
	Username string   `json:"username"`
	Kind     UserKind `json:"kind"`
}

// NewUser is a user about to be stored.
type NewUser struct {
	User
	FoldedName   string   // Username folded by FoldName; unique in the store
	PasswordHash string   // as made by PasswordHasher
	DeviceHash   string   // of what a guest's device proves itself by; "": by nothing
	FirstIsAdmin bool     // the store makes the user RoleAdmin if it has no admin yet: others may have come before
	OnlyFirst    bool     // with FirstIsAdmin: nothing is stored unless the user becomes the first admin
	SetupHash    string   // with OnlyFirst: of the set-up link that is used up; "": none is needed
	Rooms        []RoomID // subscribed to in the same transaction, as RoleMember
	// Redeems is the link by which the user comes in, in the same transaction,
	// if it is not nil.
	Redeems *Redemption
}

// UserSearch asks for users by a part of their names.
type UserSearch struct {
	Text  string // a SearchKey; "" matches all
	After string // FoundUser.Cursor to continue behind; "" from the start
	Limit int
}

// FoundUser is one result of a search.
type FoundUser struct {
	User
	Cursor string // opaque; continues the search behind this user
}

// UserStore keeps users.
type UserStore interface {
	// CreateUser stores the user, decides FirstIsAdmin, redeems Redeems as
	// InvitationStore.Redeem does and subscribes it to Rooms, all in one durable
	// transaction, and returns it as stored. The first admin ends all set-up links.
	// A folded name that is in use, or a name that looks like that of another user,
	// fails with CodeTaken on the field "username", also when both come at the same moment; OnlyFirst when there is an admin with
	// CodeForbidden, and a SetupHash that is not good with CodeNotFound on "setup".
	CreateUser(ctx context.Context, user NewUser) (User, error)
	// UserByID fails with CodeNotFound.
	UserByID(ctx context.Context, id UserID) (User, error)
	// PromoteGuest makes a guest a member with that password hash and subscribes
	// it to the room, as RoleMember, in one durable transaction; nil if it is
	// banned from there. The rev is that of the account's change. It fails with
	// CodeNotFound if there is no such guest.
	PromoteGuest(ctx context.Context, id UserID, passwordHash string, room RoomID, at time.Time) (user User, rev int64, sub *Subscription, err error)
	// SearchUsers gives one page of the users that match by MatchName, in the
	// order of NameMatch. It reads an index, whatever the number of users. A
	// Cursor that is none of the store's fails with CodeInvalid on the field
	// "after".
	SearchUsers(ctx context.Context, search UserSearch) ([]FoundUser, error)
	// UsersByID gives those of the users that there are, by folded name.
	UsersByID(ctx context.Context, ids []UserID) ([]User, error)
	// SharesRoom tells whether the two are members of the same room, or the same.
	SharesRoom(ctx context.Context, a, b UserID) (bool, error)
}

// CredentialStore keeps what users prove themselves with: passwords, and the
// devices of guests, both as hashes.
type CredentialStore interface {
	// Credentials gives the user of a folded name and its password hash. It
	// fails with CodeNotFound.
	Credentials(ctx context.Context, foldedName string) (User, string, error)
	// SetPasswordHash gives a user another PasswordHash in the place of before,
	// durably; changed is false if the user has a third one by then.
	SetPasswordHash(ctx context.Context, id UserID, before, hash string) (changed bool, err error)
	// GuestDevice gives the DeviceHash of a user; "" unless it is a guest with one.
	// It fails with CodeNotFound.
	GuestDevice(ctx context.Context, id UserID) (hash string, err error)
	// SetGuestDevice gives a guest another DeviceHash; for anybody else it does
	// nothing. PromoteGuest removes it.
	SetGuestDevice(ctx context.Context, id UserID, hash string) error
}

// PasswordHasher turns passwords into hashes that are safe to store.
type PasswordHasher interface {
	// Hash blocks while too many hashes are being computed, until ctx ends. It
	// fails with CodeUnavailable at once if too many wait already.
	Hash(ctx context.Context, password string) (string, error)
	// Verify tells whether password matches hash, in time that does not depend
	// on the answer. An empty hash never matches, and takes as long. It waits and
	// fails as Hash does.
	Verify(ctx context.Context, password, hash string) (bool, error)
}

// CommonPassword tells whether a password is one of those that guessers try first.
type CommonPassword func(password string) bool

// FoldName maps all spellings of a name that are to count as the same name onto
// one: case folding and Unicode normalisation (NFKC).
type FoldName func(name string) string
