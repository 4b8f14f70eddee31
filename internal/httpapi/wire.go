package httpapi

import "partychat/internal/chat"

// This file defines the bodies of REST (docs/PROTOCOL.md). The web client's
// TypeScript types are generated from it. The schemas contain no lengths: the
// domain decides what is too long.

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
	User  chat.User `json:"user"`
	Token string    `json:"token,omitempty" doc:"for Authorization: Bearer, or for the Socket.IO handshake; only if it was requested"`
}

// UserAnswer is one user.
type UserAnswer struct {
	User chat.User `json:"user"`
}

// UserList is a page of users by username.
type UserList struct {
	Users    []chat.User     `json:"users"`
	Presence []chat.Presence `json:"presence" doc:"the states of the users on this page who are online or away"`
	Next     string          `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// NewRoom is a room to be created.
type NewRoom struct {
	Name  string        `json:"name" doc:"1 to 64 characters, unique among public rooms"`
	Topic string        `json:"topic" doc:"up to 256 characters"`
	Kind  chat.RoomKind `json:"kind,omitempty" doc:"public, the default, or private"`
}

// RoomChange changes the parts of a room that are not nil.
type RoomChange struct {
	Name  *string `json:"name,omitempty"`
	Topic *string `json:"topic,omitempty"`
}

// RoomAnswer is one room.
type RoomAnswer struct {
	Room         chat.Room          `json:"room"`
	Subscription *chat.Subscription `json:"subscription,omitempty" doc:"if you are a member"`
}

// RoomList is a page of the rooms found.
type RoomList struct {
	Rooms []chat.Room `json:"rooms"`
	Next  string      `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// MemberList is a page of a room's members by username.
type MemberList struct {
	Members []chat.Member `json:"members"`
	Next    string        `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// SubscriptionAnswer is one of the user's rooms.
type SubscriptionAnswer struct {
	Subscription chat.Subscription `json:"subscription"`
}

// SubscriptionList is a page of the user's rooms.
type SubscriptionList struct {
	Subscriptions []chat.Subscription `json:"subscriptions"`
	Next          string              `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// NewMessage is a message to be sent.
type NewMessage struct {
	ClientID string           `json:"clientId" doc:"a new UUID for each message, repeated in each retry"`
	Kind     chat.MessageKind `json:"kind,omitempty" doc:"text, the default, or location"`
	Body     string           `json:"body" doc:"1 to 8,000 characters, at least one of them visible; empty for a location"`
	Location *chat.Location   `json:"location,omitempty" doc:"only for messages of kind location"`
}

// MessageChange changes a message.
type MessageChange struct {
	Body string `json:"body" doc:"1 to 8,000 characters, at least one of them visible"`
}

// MessageAnswer is one message as stored.
type MessageAnswer struct {
	Message chat.Message `json:"message"`
}

// ErrorBody is the body of every error.
type ErrorBody struct {
	Error chat.ErrorInfo `json:"error"`
}
