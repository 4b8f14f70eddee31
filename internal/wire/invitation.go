package wire

import (
	"time"

	"partychat/internal/chat"
)

// Invitation is a link to a room, or to a conversation with its creator.
type Invitation struct {
	ID        chat.InvitationID `json:"id"`
	Room      chat.RoomID       `json:"room,omitempty"` // 0: a conversation with By
	By        Author            `json:"by"`
	ForUser   chat.UserID       `json:"forUser,omitempty"` // 0: anyone with the link
	Guests    bool              `json:"guests"`            // whether it admits guests
	Uses      int               `json:"uses"`              // number of users who have joined by it
	MaxUses   int               `json:"maxUses,omitempty"` // 0: unlimited
	CreatedAt time.Time         `json:"createdAt"`
	ExpiresAt *time.Time        `json:"expiresAt,omitempty"` // nil: never
}

func invitationOf(i chat.Invitation) Invitation {
	return Invitation{
		ID: i.ID, Room: i.Room, By: AuthorOf(i.By), ForUser: i.ForUser, Guests: i.Guests, Uses: i.Uses, MaxUses: i.MaxUses,
		CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
	}
}

// NewInvitation is an invitation link to be created.
type NewInvitation struct {
	Room      chat.RoomID `json:"room,omitempty" doc:"absent: a conversation with me"`
	User      chat.UserID `json:"user,omitempty" doc:"for this user alone, who is notified at once"`
	ExpiresIn int64       `json:"expiresIn,omitempty" doc:"in seconds; absent: the link does not expire"`
	Uses      int         `json:"uses,omitempty" doc:"how many people may join with it; absent: any number"`
	Guests    bool        `json:"guests,omitempty" doc:"whether a name alone is enough to join with it"`
}

// Input returns what the client sends. A number of seconds that overflows a duration
// becomes one that also exceeds the limit of the domain.
func (i NewInvitation) Input() chat.InviteInput {
	const most = int64(1 << 62 / time.Second)
	return chat.InviteInput{
		Room: i.Room, User: i.User, Uses: i.Uses, Guests: i.Guests,
		ExpiresIn: time.Duration(max(-most, min(most, i.ExpiresIn))) * time.Second,
	}
}

// NewInvitationAnswer is a new link. Only this answer contains its token.
type NewInvitationAnswer struct {
	Invitation Invitation `json:"invitation"`
	Token      string     `json:"token"`
	Path       string     `json:"path" doc:"the path of the link"`
	Told       bool       `json:"told,omitempty" doc:"whether the user was online to be notified"`
}

// NewInvitationAnswerOf returns the answer with a new link.
func NewInvitationAnswerOf(i chat.Invite) NewInvitationAnswer {
	return NewInvitationAnswer{
		Invitation: invitationOf(i.Invitation), Token: i.Token, Path: chat.InvitationPath(i.Token), Told: i.Told,
	}
}

// InvitationList is a list of invitation links.
type InvitationList struct {
	Invitations []Invitation `json:"invitations"`
}

// InvitationListOf returns a list of links.
func InvitationListOf(invitations []chat.Invitation) InvitationList {
	return InvitationList{Invitations: listOf(invitations, invitationOf)}
}

// JoinRoom is what the holder of a link learns about its room.
type JoinRoom struct {
	ID      chat.RoomID   `json:"id"`
	Kind    chat.RoomKind `json:"kind"`
	Name    string        `json:"name"`
	Topic   string        `json:"topic"`
	Members int           `json:"members"`
}

func joinRoomOf(r chat.JoinRoom) JoinRoom {
	return JoinRoom{ID: r.ID, Kind: r.Kind, Name: r.Name, Topic: r.Topic, Members: r.Members}
}

// JoinAnswer is the destination of a link.
type JoinAnswer struct {
	Room         *JoinRoom     `json:"room,omitempty" doc:"absent: a conversation with by"`
	By           Author        `json:"by"`
	Members      []string      `json:"members,omitempty" doc:"the usernames of up to five members of the room"`
	Guests       bool          `json:"guests" doc:"whether a name alone is enough"`
	Subscription *Subscription `json:"subscription,omitempty" doc:"if you are a member already"`
}

// JoinAnswerOf returns the answer with the destination of a link.
func JoinAnswerOf(d chat.Destination) JoinAnswer {
	return JoinAnswer{
		Room: optional(d.Room, joinRoomOf), By: AuthorOf(d.By), Members: d.Members, Guests: d.Guests,
		Subscription: optional(d.Subscription, SubscriptionOf),
	}
}

// JoinRoomList is a page of the rooms on the join page.
type JoinRoomList struct {
	Rooms []JoinRoom `json:"rooms"`
	Next  string     `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// JoinRoomListOf returns a page of the join page.
func JoinRoomListOf(rooms []chat.JoinRoom, next string) JoinRoomList {
	return JoinRoomList{Rooms: listOf(rooms, joinRoomOf), Next: next}
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
	User         User         `json:"user"`
	Token        string       `json:"token,omitempty" doc:"as in Account"`
	Subscription Subscription `json:"subscription"`
}

// Invited is the event invitation. One that came while the user was offline has an
// id alone.
type Invited struct {
	ID        chat.InvitationID `json:"id,omitempty"` // absent from nodes of an older version
	Token     string            `json:"token,omitempty"`
	Path      string            `json:"path,omitempty"` // of the link
	By        Author            `json:"by"`
	Room      *JoinRoom         `json:"room,omitempty"` // absent: into a conversation with By
	ExpiresAt *time.Time        `json:"expiresAt,omitempty"`
	Rev       int64             `json:"rev,omitempty"` // of the user's stream
}

// InvitedOf returns the event that the user has been invited.
func InvitedOf(e chat.Invited) Invited {
	i := Invited{
		ID: e.ID, Token: e.Token, By: AuthorOf(e.By), Room: optional(e.Room, joinRoomOf), ExpiresAt: e.ExpiresAt, Rev: e.Rev,
	}
	if e.Token != "" {
		i.Path = chat.InvitationPath(e.Token)
	}
	return i
}

// InvitationGone is the event invitation:gone.
type InvitationGone struct {
	ID  chat.InvitationID `json:"id"`
	Rev int64             `json:"rev,omitempty"` // of the user's stream
}

// InvitationGoneOf returns the event that an invitation has been used or revoked.
func InvitationGoneOf(e chat.InvitationGone) InvitationGone {
	return InvitationGone{ID: e.ID, Rev: e.Rev}
}
