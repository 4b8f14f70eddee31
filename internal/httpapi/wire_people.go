package httpapi

import (
	"time"

	"partychat/internal/chat"
)

// ServerAnswer is what the operator allows. It needs no session.
type ServerAnswer struct {
	SignUp   chat.SignUpMode `json:"signUp" doc:"who may sign up from where you are: open, invitation or closed"`
	Guests   bool            `json:"guests" doc:"whether a name alone can be enough to enter"`
	JoinPage bool            `json:"joinPage" doc:"whether guests may enter public rooms without an invitation"`
	Guest    string          `json:"guest,omitempty" doc:"the guest that this browser was and can continue as"`
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

// BanList is a page of bans, ordered by the usernames of the banned users.
type BanList struct {
	Bans []chat.Ban `json:"bans"`
	Next string     `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// UserChange changes the account of the user.
type UserChange struct {
	Password string `json:"password" doc:"the new password, 8 to 256 characters; a guest becomes a member"`
	Current  string `json:"current,omitempty" doc:"the present password; guests have none"`
}

// SessionView is one session of the user.
type SessionView struct {
	ID        string    `json:"id"`
	Device    string    `json:"device" doc:"the browser and system that it began on, in words; empty if unknown"`
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt" doc:"the last activity, to the minute"`
	Current   bool      `json:"current,omitempty" doc:"the session of this request"`
}

// SessionList is all sessions of the user.
type SessionList struct {
	Sessions []SessionView `json:"sessions"`
}

// NewGuest is a person who enters by a name alone.
type NewGuest struct {
	Username   string      `json:"username" doc:"2 to 32 letters, digits, _ . -"`
	Invitation string      `json:"invitation,omitempty" doc:"the token of a link that lets guests in"`
	Room       chat.RoomID `json:"room,omitempty" doc:"the id of a public room, if there is a join page"`
	Token      bool        `json:"token,omitempty" doc:"give a token in the answer instead of a cookie"`
}

// GuestAnswer is the new guest and the room that the guest has entered.
type GuestAnswer struct {
	User         chat.User         `json:"user"`
	Token        string            `json:"token,omitempty" doc:"as in Account"`
	Subscription chat.Subscription `json:"subscription"`
}

// NewInvitation is an invitation link to be created.
type NewInvitation struct {
	Room      chat.RoomID `json:"room,omitempty" doc:"absent: a conversation with me"`
	User      chat.UserID `json:"user,omitempty" doc:"for this user alone, who is notified at once"`
	ExpiresIn int64       `json:"expiresIn,omitempty" doc:"in seconds; absent: the link does not expire"`
	Uses      int         `json:"uses,omitempty" doc:"how many people may join with it; absent: any number"`
	Guests    bool        `json:"guests,omitempty" doc:"whether a name alone is enough to join with it"`
}

// NewInvitationAnswer is a new link. Only this answer contains its token.
type NewInvitationAnswer struct {
	Invitation chat.Invitation `json:"invitation"`
	Token      string          `json:"token"`
	Path       string          `json:"path" doc:"the path of the link"`
	Told       bool            `json:"told,omitempty" doc:"whether the user was online to be notified"`
}

// InvitationList is a list of invitation links.
type InvitationList struct {
	Invitations []chat.Invitation `json:"invitations"`
}

// JoinAnswer is the destination of a link.
type JoinAnswer struct {
	Room         *chat.JoinRoom     `json:"room,omitempty" doc:"absent: a conversation with by"`
	By           chat.Author        `json:"by"`
	Members      []string           `json:"members,omitempty" doc:"the usernames of up to five members of the room"`
	Guests       bool               `json:"guests" doc:"whether a name alone is enough"`
	Subscription *chat.Subscription `json:"subscription,omitempty" doc:"if you are a member already"`
}

// JoinRoomList is a page of the rooms on the join page.
type JoinRoomList struct {
	Rooms []chat.JoinRoom `json:"rooms"`
	Next  string          `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}
