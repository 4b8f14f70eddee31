package chat

import "time"

// InvitationID identifies an invitation to those who may revoke it. It fits a
// JavaScript number, and opens nothing.
type InvitationID int64

// Invitation is a link that leads into a room, or into a conversation with
// whoever made it.
type Invitation struct {
	ID        InvitationID `json:"id"`
	Room      RoomID       `json:"room,omitempty"` // 0: a conversation with By
	By        Author       `json:"by"`
	ForUser   UserID       `json:"forUser,omitempty"` // 0: for whoever has the link
	Guests    bool         `json:"guests"`            // whether it lets in who has only a name
	Uses      int          `json:"uses"`              // how many have joined by it
	MaxUses   int          `json:"maxUses,omitempty"` // 0: any number
	CreatedAt time.Time    `json:"createdAt"`
	ExpiresAt *time.Time   `json:"expiresAt,omitempty"` // nil: never
}

// JoinRoom is what someone who holds a link is told of its room.
type JoinRoom struct {
	ID      RoomID   `json:"id"`
	Kind    RoomKind `json:"kind"`
	Name    string   `json:"name"`
	Topic   string   `json:"topic"`
	Members int      `json:"members"`
}
