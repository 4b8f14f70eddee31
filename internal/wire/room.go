package wire

import (
	"time"

	"partychat/internal/chat"
)

// Room is where messages are sent.
type Room struct {
	ID        chat.RoomID   `json:"id"`
	Kind      chat.RoomKind `json:"kind"`
	Name      string        `json:"name"`
	Topic     string        `json:"topic"`
	CreatedAt time.Time     `json:"createdAt"`
	Members   int           `json:"members"` // number of members
	Seq       int64         `json:"seq"`     // the head: seq of the latest message, 0 if there is none
	Rev       int64         `json:"rev"`     // the rev of the latest change on the room's stream
	// ArchivedAt is when the room was archived: everyone in it may only read it.
	ArchivedAt *time.Time `json:"archivedAt,omitempty"`
}

// RoomOf returns the room as clients see it.
func RoomOf(r chat.Room) Room {
	room := Room{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Topic: r.Topic, CreatedAt: r.CreatedAt, Members: r.Members, Seq: r.Seq, Rev: r.Rev,
	}
	if r.Archived() {
		room.ArchivedAt = &r.ArchivedAt
	}
	return room
}

// NewRoom is a room to be created.
type NewRoom struct {
	Name  string        `json:"name" doc:"1 to 64 characters, unique among public rooms"`
	Topic string        `json:"topic" doc:"up to 256 characters"`
	Kind  chat.RoomKind `json:"kind,omitempty" doc:"public, the default, or private"`
}

// Input returns what the client sends.
func (r NewRoom) Input() chat.NewRoomInput {
	return chat.NewRoomInput{Name: r.Name, Topic: r.Topic, Kind: r.Kind}
}

// RoomChange changes the parts of a room that are not nil.
type RoomChange struct {
	Name  *string `json:"name,omitempty"`
	Topic *string `json:"topic,omitempty"`
	// Archived archives or unarchives the room. Then name and topic must be absent.
	Archived *bool `json:"archived,omitempty"`
}

// RoomAnswer is one room.
type RoomAnswer struct {
	Room         Room          `json:"room"`
	Subscription *Subscription `json:"subscription,omitempty" doc:"if you are a member"`
}

// RoomAnswerOf returns the answer with a room and, for a member, the subscription.
func RoomAnswerOf(room chat.Room, sub *chat.Subscription) RoomAnswer {
	return RoomAnswer{Room: RoomOf(room), Subscription: optional(sub, SubscriptionOf)}
}

// RoomList is a page of the rooms found.
type RoomList struct {
	Rooms []Room `json:"rooms"`
	Next  string `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// RoomListOf returns a page of rooms.
func RoomListOf(rooms []chat.Room, next string) RoomList {
	return RoomList{Rooms: listOf(rooms, RoomOf), Next: next}
}

// RoomCommand is the argument of room:watch and room:unwatch.
type RoomCommand struct {
	Room chat.RoomID `json:"room"`
}

// WatchAnswer acknowledges room:watch.
type WatchAnswer struct {
	OK   bool `json:"ok"`
	Room Room `json:"room"`
}

// RoomChanged is the event room:changed.
type RoomChanged struct {
	Room Room  `json:"room"`
	Rev  int64 `json:"rev,omitempty"` // of the room
}

// RoomChangedOf returns the event that a room's name or topic has changed.
func RoomChangedOf(e chat.RoomChanged) RoomChanged {
	return RoomChanged{Room: RoomOf(e.Room), Rev: e.Rev}
}
