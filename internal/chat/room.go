package chat

import (
	"context"
	"time"
)

// RoomID identifies a room for good. It fits a JavaScript number.
type RoomID int64

// MainRoom is the room that exists from the start and that whoever signs up is in.
const MainRoom RoomID = 1

// RoomKind says who can find a room.
type RoomKind string

// The kinds of room.
const (
	RoomPublic  RoomKind = "public"  // everyone may find, read and subscribe
	RoomPrivate RoomKind = "private" // members only; to all others it does not exist
	RoomDirect  RoomKind = "direct"  // a one-to-one conversation: two members, no name
)

// Room is where messages go.
type Room struct {
	ID        RoomID    `json:"id"`
	Kind      RoomKind  `json:"kind"`
	Name      string    `json:"name"`
	Topic     string    `json:"topic"`
	CreatedAt time.Time `json:"createdAt"`
	Members   int       `json:"members"` // how many are subscribed
	Seq       int64     `json:"seq"`     // the head: seq of the latest message, 0 if there is none
	Rev       int64     `json:"rev"`     // the change counter: every change of the timeline takes the next
}

// NewRoom is a room about to be stored.
type NewRoom struct {
	ID         RoomID
	Kind       RoomKind
	Name       string
	FoldedName string // Name folded by FoldName; unique among public rooms
	Topic      string
	CreatedAt  time.Time
	CreatedBy  UserID // becomes a member with RoleAdmin
}

// RoomChange changes the parts of a room that are not nil.
type RoomChange struct {
	Name       *string
	FoldedName *string
	Topic      *string
}

// Changes tells whether the room would be another with the change.
func (c RoomChange) Changes(room Room) bool {
	return c.Name != nil && *c.Name != room.Name || c.Topic != nil && *c.Topic != room.Topic
}

// RoomSearch asks for rooms by a part of their names.
type RoomSearch struct {
	Text  string // a SearchKey; "" matches all
	After string // FoundRoom.Cursor to continue behind; "" from the start
	Limit int
}

// FoundRoom is one result of a search.
type FoundRoom struct {
	Room
	Cursor string // opaque; continues the search behind this room
}

// Head is how far a room has come.
type Head struct {
	Room RoomID
	Seq  int64
	Rev  int64
}

// RoomStore keeps rooms. MainRoom is there from the first migration on, public,
// with the name "main".
type RoomStore interface {
	// CreateRoom stores the room and its creator's membership in one durable
	// transaction. A public name that is in use, or looks like that of another
	// public room, fails with CodeTaken on the field "name", also when both come at
	// the same moment.
	CreateRoom(ctx context.Context, act *Act, room NewRoom) (Subscription, error)
	// RoomByID fails with CodeNotFound.
	RoomByID(ctx context.Context, id RoomID) (Room, error)
	// RoomsByID gives those of the rooms that are there, in any order.
	RoomsByID(ctx context.Context, ids []RoomID) ([]Room, error)
	// Heads tells how far each of the rooms has come, in any order and from one
	// snapshot. Those that are not there are left out.
	Heads(ctx context.Context, rooms []RoomID) ([]Head, error)
	// PublicRoomNamed gives the public room of a folded name; CodeNotFound if there
	// is none.
	PublicRoomNamed(ctx context.Context, foldedName string) (Room, error)
	// ChangeRoom applies the change durably and returns the room after it; changed
	// is false if it was like that already. Otherwise the change has taken the room's
	// rev. A room from before looks were compared may keep the look that it has.
	// Errors: CodeNotFound; CodeTaken on the field "name".
	ChangeRoom(ctx context.Context, act *Act, id RoomID, change RoomChange) (room Room, changed bool, err error)
	// SearchPublicRooms gives one page of the public rooms that match by
	// MatchName, in the order of NameMatch: names that begin with Text first,
	// then names of which a later word begins with it, then others that have it in
	// them. It reads an index,
	// whatever the number of rooms. A Cursor that is none of the store's fails
	// with CodeInvalid on the field "after".
	SearchPublicRooms(ctx context.Context, search RoomSearch) ([]FoundRoom, error)
}
