package httpapi

import "partychat/internal/chat"

// The bodies of REST: docs/PROTOCOL.md section 3. The TypeScript types of the
// web client are generated from this file. Lengths are not written into the
// schemas: what is too long is for the domain to say.

// NewAccount signs up.
type NewAccount struct {
	Username   string `json:"username" doc:"2 to 32 letters, digits, _ . -"`
	Password   string `json:"password" doc:"8 to 256 characters; neither the username nor one of the most common passwords"`
	Invitation string `json:"invitation,omitempty" doc:"the token of an invitation link, which is followed in the same step"`
	Setup      string `json:"setup,omitempty" doc:"the token of a set-up link, which makes the server's first admin"`
	Token      bool   `json:"token,omitempty" doc:"give a token in the answer instead of a cookie"`
	Keep       bool   `json:"keep,omitempty" doc:"keep the session through long absence (30 days, unless the operator has set another time)"`
}

// Credentials log in.
type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Token    bool   `json:"token,omitempty" doc:"give a token in the answer instead of a cookie"`
	Keep     bool   `json:"keep,omitempty" doc:"keep the session through long absence (30 days, unless the operator has set another time)"`
}

// Account answers who has signed up or logged in, or who is.
type Account struct {
	User  chat.User `json:"user"`
	Token string    `json:"token,omitempty" doc:"for Authorization: Bearer, or the Socket.IO handshake; only where it was asked for"`
}

// UserAnswer is one user.
type UserAnswer struct {
	User chat.User `json:"user"`
}

// UserList is a page of users by username.
type UserList struct {
	Users    []chat.User     `json:"users"`
	Presence []chat.Presence `json:"presence" doc:"of those among the users who are there"`
	Next     string          `json:"next,omitempty" doc:"goes into after; absent at the end"`
}

// NewRoom is a room to be made.
type NewRoom struct {
	Name  string        `json:"name" doc:"1 to 64 characters, unique among public rooms"`
	Topic string        `json:"topic" doc:"up to 256 characters"`
	Kind  chat.RoomKind `json:"kind,omitempty" doc:"public, the default, or private"`
}

// RoomChange changes the parts of a room that are there.
type RoomChange struct {
	Name  *string `json:"name,omitempty"`
	Topic *string `json:"topic,omitempty"`
}

// RoomAnswer is one room.
type RoomAnswer struct {
	Room         chat.Room          `json:"room"`
	Subscription *chat.Subscription `json:"subscription,omitempty" doc:"if you are a member"`
}

// RoomList is a page of rooms found.
type RoomList struct {
	Rooms []chat.Room `json:"rooms"`
	Next  string      `json:"next,omitempty" doc:"goes into after; absent at the end"`
}

// MemberList is a page of a room's members by username.
type MemberList struct {
	Members []chat.Member `json:"members"`
	Next    string        `json:"next,omitempty" doc:"goes into after; absent at the end"`
}

// SubscriptionAnswer is one room of the user's list.
type SubscriptionAnswer struct {
	Subscription chat.Subscription `json:"subscription"`
}

// SubscriptionList is a page of the user's rooms.
type SubscriptionList struct {
	Subscriptions []chat.Subscription `json:"subscriptions"`
	Next          string              `json:"next,omitempty" doc:"goes into after; absent at the end"`
}

// NewMessage is a message to be sent.
type NewMessage struct {
	ClientID string           `json:"clientId" doc:"a UUID drawn for this message, the same when the send is repeated"`
	Kind     chat.MessageKind `json:"kind,omitempty" doc:"text, the default, or location"`
	Body     string           `json:"body" doc:"1 to 8,000 characters, not only white space; empty for a location"`
	Location *chat.Location   `json:"location,omitempty" doc:"of kind location"`
}

// MessageChange changes a message.
type MessageChange struct {
	Body string `json:"body" doc:"1 to 8,000 characters, not only white space"`
}

// MessageAnswer is one message as stored.
type MessageAnswer struct {
	Message chat.Message `json:"message"`
}

// ErrorBody is the body of every answer that is no success.
type ErrorBody struct {
	Error chat.ErrorInfo `json:"error"`
}
