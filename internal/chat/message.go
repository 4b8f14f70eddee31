package chat

import (
	"context"
	"time"
)

// Message is one entry of a room's timeline. (Room, Seq) identifies it.
type Message struct {
	Room      RoomID      `json:"room"`
	Seq       int64       `json:"seq"` // its place in the room: 1, 2, 3 … in the order of commit
	Rev       int64       `json:"rev"` // the room's change counter when it last changed
	ClientID  string      `json:"clientId"`
	Author    Author      `json:"author"`
	Kind      MessageKind `json:"kind"`
	Body      string      `json:"body"`
	Notice    *Notice     `json:"notice,omitempty"`   // of a MessageNotice
	Location  *Location   `json:"location,omitempty"` // of a MessageLocation
	CreatedAt time.Time   `json:"createdAt"`
	EditedAt  time.Time   `json:"editedAt,omitzero"` // when its body was last changed; absent if it never was
	// Deleted: what is left is its place in the timeline. The body is empty.
	Deleted bool `json:"deleted,omitempty"`
	// Shortened: this is the latest message of a room in a list, and the body is
	// only the beginning of the text. The message itself never has it.
	Shortened bool `json:"shortened,omitempty"`
}

// NewMessage is a message about to be stored.
type NewMessage struct {
	Room      RoomID
	ClientID  string // the sender's own id for this send, by which a retry is recognised
	Author    UserID
	Kind      MessageKind
	Body      string
	CreatedAt time.Time
	Act       *Act // nil: written by the server
}

// Direction says which part of a timeline a page is.
type Direction string

// The directions.
const (
	PageLatest Direction = ""       // the latest messages of all
	PageBefore Direction = "before" // the latest ones below a seq
	PageAfter  Direction = "after"  // the first ones above a seq
)

// MessagePage asks for part of a room's timeline.
type MessagePage struct {
	Direction Direction
	Seq       int64 // where PageBefore and PageAfter start from; not itself part of the page
	Limit     int
	// Bytes bounds the page in bytes of JSON (Message.Size), but for its first
	// message; 0 sets no bound. What does not fit is not read into memory.
	Bytes int
}

// Page is part of a room's timeline, in the order of seq, from one snapshot.
type Page struct {
	Messages []Message `json:"messages"`
	Seq      int64     `json:"seq"`  // the room's head at the time of the snapshot
	Rev      int64     `json:"rev"`  // the room's change counter at that time
	More     bool      `json:"more"` // whether there is more in the direction asked for
}

// Changes is what has changed in a room since some rev: per touched message its
// present state, and what has become of the room and its members. Whatever took its
// rev up to Rev is there, but for what has changed once more after it.
type Changes struct {
	Messages []Message      `json:"messages"`          // in the order of rev
	Room     *Room          `json:"room,omitempty"`    // if its name or topic has changed
	Members  []MemberChange `json:"members,omitempty"` // in the order of rev
	Rev      int64          `json:"rev"`               // applied all, the client knows the room up to here
	More     bool           `json:"more"`              // ask again from Rev
	// StartOver: too much has changed. Forget the timeline and load the newest
	// page; Messages is empty.
	StartOver bool `json:"startOver"`
}

// MessageStore keeps the timelines.
type MessageStore interface {
	// AppendMessage gives the message the next seq and the next rev of its room
	// and returns once it is durable; the author's read position moves to it in
	// the same transaction. A message with the same (author, room,
	// clientId) that is there already, or on its way, is returned instead, with
	// created false; nothing is stored twice. Neither counter ever has a hole,
	// also when an append fails. Whether the author has the standing that Act
	// needs is decided in the same transaction: whoever is answered that a
	// membership has ended, or a ban begun, finds every message of that user
	// stored or refused by then. Errors: CodeNotFound if there is no such room;
	// ErrNoStanding;
	// CodeUnavailable if the store cannot write now. Then nothing is stored,
	// unless the answer to a commit was lost: the retry tells.
	AppendMessage(ctx context.Context, m NewMessage) (message Message, created bool, err error)
	// MessageByClientID gives what a send of the author has become. It fails
	// with CodeNotFound.
	MessageByClientID(ctx context.Context, room RoomID, author UserID, clientID string) (Message, error)
	// Message fails with CodeNotFound.
	Message(ctx context.Context, room RoomID, seq int64) (Message, error)
	// EditMessage gives the message another body durably; it takes the next
	// rev of its room. The old body is not kept. If the body is the same
	// already nothing changes and changed is false. CodeNotFound if there is no
	// such message, or if it has been deleted.
	EditMessage(ctx context.Context, act *Act, room RoomID, seq int64, body string, at time.Time) (message Message, changed bool, err error)
	// DeleteMessage makes the message a tombstone durably: Deleted, without
	// body and EditedAt, under the next rev of its room. A tombstone stays as it
	// is and changed is false. CodeNotFound if there is no such message.
	DeleteMessage(ctx context.Context, act *Act, room RoomID, seq int64) (message Message, changed bool, err error)
	// Messages gives one page of the room's timeline. CodeNotFound if there is
	// no such room.
	Messages(ctx context.Context, room RoomID, page MessagePage) (Page, error)
	// ChangesSince gives at most limit messages changed after rev, of at most so
	// many bytes, as MessagePage has them. StartOver is
	// the service's business, unless some of the changes have been forgotten: then
	// the store sets it. If there is more, Rev is that of the last change given,
	// otherwise that of the room. There are at most limit members, too.
	ChangesSince(ctx context.Context, room RoomID, rev int64, limit, bytes int) (Changes, error)
}
