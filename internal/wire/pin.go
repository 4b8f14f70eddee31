package wire

import (
	"time"

	"partychat/internal/chat"
)

// Pin is who pinned a message to its room, and when.
type Pin struct {
	By Author    `json:"by"`
	At time.Time `json:"at"`
}

func pinOf(p chat.Pin) Pin { return Pin{By: AuthorOf(p.By), At: p.At} }

// MarkCommand is the argument of message:pin and message:bookmark.
type MarkCommand struct {
	Room chat.RoomID `json:"room"`
	Seq  int64       `json:"seq"`
	On   bool        `json:"on"` // false: take it back
}

// MarkAnswer acknowledges message:pin and message:bookmark: the change is durable.
type MarkAnswer struct {
	OK bool `json:"ok"`
	// Rev: once the client knows the room (of a pin) or its user's stream (of a
	// bookmark) up to here, the message is marked as asked for.
	Rev int64 `json:"rev"`
}

// PinList is a room's pinned messages.
type PinList struct {
	Messages []Message `json:"messages"` // the last one pinned first, with the beginnings of their texts
}

// PinListOf returns the list as clients see it.
func PinListOf(messages []chat.Message) PinList {
	return PinList{Messages: messagesOf(messages)}
}

// BookmarkPut is the event bookmark:put.
type BookmarkPut struct {
	Rev  int64       `json:"rev"` // of the user's stream
	Room chat.RoomID `json:"room"`
	Seq  int64       `json:"seq"`
	On   bool        `json:"on"` // false: it is gone
}

// BookmarkPutOf returns the event that a bookmark is set or gone.
func BookmarkPutOf(e chat.BookmarkPut) BookmarkPut {
	return BookmarkPut{Rev: e.Rev, Room: e.Room, Seq: e.Seq, On: e.On}
}

// Bookmark is a bookmark in a list.
type Bookmark struct {
	Room    chat.RoomID `json:"room"`
	Seq     int64       `json:"seq"`
	At      time.Time   `json:"at"`                // when it was set
	In      *Room       `json:"in,omitempty"`      // absent if I may not see the room now
	Peer    *User       `json:"peer,omitempty"`    // the other user, in a conversation
	Message *Message    `json:"message,omitempty"` // with the beginning of its text; absent with In
}

func bookmarkOf(b chat.FoundBookmark) Bookmark {
	return Bookmark{
		Room: b.Bookmark.Room, Seq: b.Seq, At: b.At, In: optional(b.Room, RoomOf), Peer: optional(b.Peer, UserOf), Message: optionalMessageOf(b.Message),
	}
}

// BookmarkList is a page of my bookmarks.
type BookmarkList struct {
	Bookmarks []Bookmark `json:"bookmarks"`      // the last one set first
	Next      int64      `json:"next,omitempty"` // continues the list as before
}

// BookmarkListOf returns the page as clients see it.
func BookmarkListOf(l chat.BookmarkList) BookmarkList {
	return BookmarkList{Bookmarks: listOf(l.Bookmarks, bookmarkOf), Next: l.Next}
}

// BookmarkSeqs are my bookmarks in one room.
type BookmarkSeqs struct {
	Seqs []int64 `json:"seqs"`
}
