package chat

import (
	"context"
	"time"
)

// RoomID identifies a room permanently. It fits a JavaScript number.
type RoomID int64

// MainRoom is the room that always exists and that everyone who signs up joins.
const MainRoom RoomID = 1

// RoomKind is who can find a room.
type RoomKind string

// The kinds of room.
const (
	RoomPublic  RoomKind = "public"  // everyone can find, read and join it
	RoomPrivate RoomKind = "private" // hidden from everyone but its members
	RoomDirect  RoomKind = "direct"  // a conversation: two members, no name
	// RoomDeleted has no members and no name, so nobody can see it. Its row stays, so that
	// the head of its stream shows nodes that it was deleted. Clients never receive it.
	RoomDeleted RoomKind = "deleted"
)

// Room is where messages are sent.
type Room struct {
	ID        RoomID
	Kind      RoomKind
	Name      string
	Topic     string
	CreatedAt time.Time
	Members   int   // number of members
	Seq       int64 // the head: seq of the latest message, 0 if there is none
	Rev       int64 // the rev of the latest change on the room's stream
	// ArchivedAt is when the room was archived; zero: it is not. Members still read an archived
	// room, and nobody writes in it or joins it.
	ArchivedAt time.Time
}

// Archived reports whether the room is archived.
func (r Room) Archived() bool { return !r.ArchivedAt.IsZero() }

// NewRoom is a room about to be stored.
type NewRoom struct {
	ID         RoomID
	Kind       RoomKind
	Name       string
	FoldedName string // Name folded by FoldName; unique among public rooms
	Topic      string
	CreatedAt  time.Time
	CreatedBy  UserID // becomes its first member, with RoleAdmin
	Named      *NamedInvitation
}

// NamedInvitation lets everybody into a room who knows its name.
type NamedInvitation struct {
	ID        InvitationID
	TokenHash string // of the name
}

// RoomChange changes the parts of a room that are not nil.
type RoomChange struct {
	Name       *string
	FoldedName *string
	Topic      *string
	ArchivedAt *time.Time // zero: the room is not archived any more
}

// Changes reports whether the change would make a difference to the room.
func (c RoomChange) Changes(room Room) bool {
	return c.Name != nil && *c.Name != room.Name || c.Topic != nil && *c.Topic != room.Topic ||
		c.ArchivedAt != nil && c.ArchivedAt.IsZero() == room.Archived()
}

// RoomSearch searches rooms by a part of their names.
type RoomSearch struct {
	Text  string // a SearchKey; "" matches all
	After string // FoundRoom.Cursor to continue after; "": from the start
	Limit int
}

// FoundRoom is one result of a search.
type FoundRoom struct {
	Room
	Cursor string // opaque; continues the search after this room
}

// Head is the position of a room's stream.
type Head struct {
	Room RoomID
	Seq  int64
	Rev  int64
}

// RoomStore stores rooms. MainRoom exists from the first migration on; it is public
// and named "main".
type RoomStore interface {
	// CreateRoom stores the room and its creator's membership in one durable
	// transaction. A public name that is in use, or that looks like another public
	// room's, fails with CodeTaken on the field "name", even if both are created
	// concurrently. So does a NamedInvitation whose hash another invitation has.
	CreateRoom(ctx context.Context, act *Act, room NewRoom) (Subscription, error)
	// RoomByID fails with CodeNotFound.
	RoomByID(ctx context.Context, id RoomID) (Room, error)
	// RoomsByID returns those of the rooms that exist, in any order.
	RoomsByID(ctx context.Context, ids []RoomID) ([]Room, error)
	// Heads returns the heads of those of the rooms that exist, in any order, from
	// one snapshot.
	Heads(ctx context.Context, rooms []RoomID) ([]Head, error)
	// PublicRoomNamed returns the public room with the folded name; CodeNotFound if
	// there is none.
	PublicRoomNamed(ctx context.Context, foldedName string) (Room, error)
	// ChangeRoom applies the change durably and returns the resulting room. If
	// nothing changes, changed is false; otherwise the change has taken the room's
	// rev. A room that is older than the comparison of looks may keep its look.
	// Errors: CodeNotFound; CodeTaken on the field "name".
	ChangeRoom(ctx context.Context, act *Act, id RoomID, change RoomChange) (room Room, changed bool, err error)
	// SearchPublicRooms returns a page of the public rooms that match by MatchName,
	// in the order of NameMatch: names that begin with Text, then names with a
	// later word that begins with it, then others that contain it. It reads an
	// index, whatever the number of rooms. An invalid Cursor fails with CodeInvalid
	// on the field "after".
	SearchPublicRooms(ctx context.Context, search RoomSearch) ([]FoundRoom, error)
}
