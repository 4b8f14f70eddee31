package wire

import (
	"time"

	"partychat/internal/chat"
)

// User is someone with a name.
type User struct {
	ID        chat.UserID   `json:"id"`
	Username  string        `json:"username"`
	Kind      chat.UserKind `json:"kind"`
	Role      chat.Role     `json:"role"` // on the whole server
	CreatedAt time.Time     `json:"createdAt"`
	// Banned from the server: all of the user's sessions are invalid.
	Banned bool `json:"banned,omitempty"`
	// DisplayName is shown instead of the username; absent: the username is shown.
	DisplayName string  `json:"displayName,omitempty"`
	Status      *Status `json:"status,omitempty"` // absent once it has ended
	// ProfileRev grows with each change of the fields above, so that clients keep the
	// latest of several copies; absent: they were never changed.
	ProfileRev int64 `json:"profileRev,omitempty"`
}

// UserOf returns the user as clients see it.
func UserOf(u chat.User) User {
	p := u.Profile
	return User{
		ID: u.ID, Username: u.Username, Kind: u.Kind, Role: u.Role, CreatedAt: u.CreatedAt, Banned: u.Banned,
		DisplayName: p.DisplayName, Status: statusOf(p.Status), ProfileRev: p.Rev,
	}
}

// Author is the part of a user that a message contains, so that clients can show
// the message without further requests.
type Author struct {
	ID       chat.UserID   `json:"id"`
	Username string        `json:"username"`
	Kind     chat.UserKind `json:"kind"`

	DisplayName string `json:"displayName,omitempty"`
	ProfileRev  int64  `json:"profileRev,omitempty"`
}

// AuthorOf returns the author as clients see it.
func AuthorOf(a chat.Author) Author { return Author(a) }

// UserAnswer is one user.
type UserAnswer struct {
	User User `json:"user"`
}

// UserAnswerOf returns the answer with a user.
func UserAnswerOf(u chat.User) UserAnswer { return UserAnswer{User: UserOf(u)} }

// UserList is a page of users by username.
type UserList struct {
	Users    []User     `json:"users"`
	Presence []Presence `json:"presence" doc:"the states of the users on this page who are online or away"`
	Next     string     `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// UserListOf returns a page of users.
func UserListOf(p chat.UserPage) UserList {
	return UserList{Users: listOf(p.Users, UserOf), Presence: PresenceOf(p.Presence), Next: p.Next}
}

// UserPut is the event user:put.
type UserPut struct {
	User User  `json:"user"`
	Rev  int64 `json:"rev,omitempty"` // of the user's stream
}

// UserPutOf returns the event that a user's own account has changed.
func UserPutOf(e chat.UserPut) UserPut { return UserPut{User: UserOf(e.User), Rev: e.Rev} }

// NewAccount is a sign-up.
type NewAccount struct {
	Username   string `json:"username" doc:"2 to 32 letters, digits, _ . -"`
	Password   string `json:"password" doc:"8 to 256 characters; neither the username nor one of the most common passwords"`
	Invitation string `json:"invitation,omitempty" doc:"the token of an invitation link, which is redeemed in the same step"`
	Setup      string `json:"setup,omitempty" doc:"the token of a set-up link, which creates the server's first admin"`
	Token      bool   `json:"token,omitempty" doc:"return a token instead of setting a cookie"`
	Keep       bool   `json:"keep,omitempty" doc:"let the session end only after a long time without activity: 30 days, unless the operator has changed it"`
}

// Credentials are a log-in.
type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Token    bool   `json:"token,omitempty" doc:"return a token instead of setting a cookie"`
	Keep     bool   `json:"keep,omitempty" doc:"let the session end only after a long time without activity: 30 days, unless the operator has changed it"`
}

// Account is the user who has signed up or logged in.
type Account struct {
	User  User   `json:"user"`
	Token string `json:"token,omitempty" doc:"for Authorization: Bearer, or for the Socket.IO handshake; only if it was requested"`
}

// UserChange changes the account of the user.
type UserChange struct {
	Password string `json:"password" doc:"the new password, 8 to 256 characters; a guest becomes a member"`
	Current  string `json:"current,omitempty" doc:"the present password; guests have none"`
}
