package httpapi

import (
	"time"

	"partychat/internal/chat"
)

// ServerAnswer is what the operator allows, for those who are signed out too.
type ServerAnswer struct {
	SignUp   chat.SignUpMode `json:"signUp" doc:"who may sign up, as far as it concerns you: open, invitation or closed"`
	Guests   bool            `json:"guests" doc:"whether a name alone can be enough to come in"`
	JoinPage bool            `json:"joinPage" doc:"whether guests may come into public rooms without an invitation"`
	Guest    string          `json:"guest,omitempty" doc:"the guest that this device was, and can go on as"`
	Limits   ServerLimits    `json:"limits"`
}

// ServerLimits are lengths in characters.
type ServerLimits struct {
	UsernameMin int `json:"usernameMin"`
	UsernameMax int `json:"usernameMax"`
	PasswordMin int `json:"passwordMin"`
	PasswordMax int `json:"passwordMax"`
}

// BanAnswer is one ban.
type BanAnswer struct {
	Ban chat.Ban `json:"ban"`
}

// BanList is a page of bans by the usernames of those banned.
type BanList struct {
	Bans []chat.Ban `json:"bans"`
	Next string     `json:"next,omitempty" doc:"goes into after; absent at the end"`
}

// UserChange changes my account.
type UserChange struct {
	Password string `json:"password" doc:"the new one, 8 to 256 characters; a guest becomes a member"`
	Current  string `json:"current,omitempty" doc:"the present one; absent for guests, who have none"`
}

// SessionView is one place where I am logged in.
type SessionView struct {
	ID        string    `json:"id"`
	Device    string    `json:"device" doc:"the browser and system that it began on, in words; empty if not known"`
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt" doc:"when it was last active, to the minute"`
	Current   bool      `json:"current,omitempty" doc:"this one"`
}

// SessionList is where I am logged in.
type SessionList struct {
	Sessions []SessionView `json:"sessions"`
}

// NewGuest comes in by a name alone.
type NewGuest struct {
	Username   string      `json:"username" doc:"2 to 32 letters, digits, _ . -"`
	Invitation string      `json:"invitation,omitempty" doc:"the token of a link that lets guests in"`
	Room       chat.RoomID `json:"room,omitempty" doc:"a public room, where there is a join page"`
	Token      bool        `json:"token,omitempty" doc:"give a token in the answer instead of a cookie"`
}

// GuestAnswer answers who has come in, and where to.
type GuestAnswer struct {
	User         chat.User         `json:"user"`
	Token        string            `json:"token,omitempty" doc:"as in Account"`
	Subscription chat.Subscription `json:"subscription"`
}

// NewInvitation is a link to be made.
type NewInvitation struct {
	Room      chat.RoomID `json:"room,omitempty" doc:"absent: a link to a conversation with me"`
	User      chat.UserID `json:"user,omitempty" doc:"for this user alone, who is told at once"`
	ExpiresIn int64       `json:"expiresIn,omitempty" doc:"in seconds; absent: never"`
	Uses      int         `json:"uses,omitempty" doc:"how many people may join by it; absent: any number"`
	Guests    bool        `json:"guests,omitempty" doc:"whether a name alone is enough to join by it"`
}

// NewInvitationAnswer is a link. Its token is told here and never again.
type NewInvitationAnswer struct {
	Invitation chat.Invitation `json:"invitation"`
	Token      string          `json:"token"`
	Path       string          `json:"path" doc:"of the link"`
	Told       bool            `json:"told,omitempty" doc:"whether the user was there to be told"`
}

// InvitationList is links that have been made.
type InvitationList struct {
	Invitations []chat.Invitation `json:"invitations"`
}

// JoinAnswer is where a link leads.
type JoinAnswer struct {
	Room         *chat.JoinRoom     `json:"room,omitempty" doc:"absent: a conversation with by"`
	By           chat.Author        `json:"by"`
	Members      []string           `json:"members,omitempty" doc:"the usernames of up to five who are in the room"`
	Guests       bool               `json:"guests" doc:"whether a name alone is enough"`
	Subscription *chat.Subscription `json:"subscription,omitempty" doc:"if you are there already"`
}

// JoinRoomList is a page of the rooms on the join page.
type JoinRoomList struct {
	Rooms []chat.JoinRoom `json:"rooms"`
	Next  string          `json:"next,omitempty" doc:"goes into after; absent at the end"`
}
