package chat

import (
	"context"
	"time"
)

// Message is one entry of a room's timeline. (Room, Seq) identifies it.
type Message struct {
	Room     RoomID
	Seq      int64 // position in the room: 1, 2, 3 … in the order of commit
	Rev      int64 // rev of the room at its last change
	ClientID string
	Author   Author
	Kind     MessageKind
	Body     string
	Notice   *Notice    // of a MessageNotice
	Location *Location  // of a MessageLocation
	Files    []FileInfo // of a MessageFile, in their order; not in lists of rooms
	// Mentions are the people whom the text mentions. MentionsRoom: it mentions everyone
	// in the room.
	Mentions     []Mention
	MentionsRoom bool
	CreatedAt    time.Time
	EditedAt     time.Time // last change of the body; absent if there was none
	// Deleted: the message is a tombstone with an empty body, which keeps its seq.
	Deleted bool
	// Reactions are in the order in which their emoji came. A tombstone has none.
	Reactions []Reaction
	Pinned    *Pin // if it is pinned to its room
	// Shortened: the body is only the beginning of the text. Only set for the
	// latest message of a room in a list.
	Shortened bool

	ReplyTo *Quote   // the message that this one answers
	Thread  int64    // the seq of the root of the thread that the message is in; 0: none
	InRoom  bool     // the room shows the message, too, although it is in a thread
	Replies *Replies // of a root with replies
}

// NewMessage is a message about to be stored.
type NewMessage struct {
	Room     RoomID
	ClientID string // the sender's idempotency key, by which retries are recognised
	Author   UserID
	Kind     MessageKind
	Body     string

	Mentions     []Mention
	MentionsRoom bool

	CreatedAt time.Time
	Act       *Act // nil: written by the server
	// Files are of a MessageFile, in their order: uploads of the author.
	Files []FileID

	ReplyTo int64 // seq of the message that this one answers; 0: none
	Thread  int64 // seq of the root of its thread; 0: none
	InRoom  bool  // of a message with a Thread
}

// Direction is which part of a timeline a page has.
type Direction string

// The directions.
const (
	PageLatest Direction = ""       // the latest messages
	PageBefore Direction = "before" // the last ones before a seq
	PageAfter  Direction = "after"  // the first ones after a seq
)

// TimelinePart is which of a room's messages a page has. The zero value is all of
// them.
type TimelinePart struct {
	Thread      int64 // the seq of a root: only the messages in its thread
	WithoutOnly bool  // leave out messages that only a thread shows (Message.InThreadOnly)
}

// MessagePage selects a page of a room's timeline.
type MessagePage struct {
	Direction Direction
	Seq       int64 // where PageBefore and PageAfter start; not part of the page
	Limit     int
	Part      TimelinePart
	// Bytes is the maximum size of the page in bytes of JSON (Message.Size), which
	// its first message may exceed; 0: unlimited. Messages that don't fit are not
	// read into memory.
	Bytes int
}

// Page is a part of a room's timeline, in the order of seq, from one snapshot.
type Page struct {
	Messages []Message
	Seq      int64 // the room's head in the snapshot
	Rev      int64 // the room's rev in the snapshot
	More     bool  // whether there are more messages in the requested direction
}

// Changes are the changes of a room since some rev: the present state of every
// changed message, of the room and of its members. It includes every change up to
// Rev, except those of things that have changed again after it.
type Changes struct {
	Messages []Message      // in the order of rev
	Room     *Room          // if its name or topic has changed
	RoomRev  int64          // rev of the last change of the name or topic, if Room is set
	Members  []MemberChange // in the order of rev
	Rev      int64          // the rev reached once all changes are applied
	More     bool           // there are more changes; ask again from Rev
	// StartOver: too much has changed. Clear the timeline and load the newest page;
	// Messages is empty.
	StartOver bool
}

// MessageStore stores the timelines.
type MessageStore interface {
	// AppendMessage gives the message the next seq and rev of its room, moves the
	// author's read position to it in the same transaction, and returns once it is
	// durable. If a message with the same (author, room, clientId) exists or is in
	// flight, it returns that one with created false; nothing is stored twice. Seq
	// and rev never have gaps, even if an append fails. The same transaction
	// decides whether the author has the standing that Act needs: once the end of a
	// membership or the start of a ban has been answered, every message of that
	// user has been stored or refused. A message with a Thread gives the root the
	// following rev, and updates its Replies; if only the thread shows the message, it
	// moves no read position. Errors: CodeNotFound if there is no such room;
	// ErrNoStanding; the errors of NewMessage.MayAnswer; CodeUnavailable if the store
	// can't write now. After an error, nothing is stored, unless the answer to a commit
	// was lost; a retry finds out. In the same transaction, Files become those of the
	// message: CodeInvalid on "files" unless each is ready, belongs to the author, and is
	// in no message.
	AppendMessage(ctx context.Context, m *NewMessage) (message *Message, created bool, err error)
	// MessageByClientID returns the message that a send of the author has stored.
	// It fails with CodeNotFound.
	MessageByClientID(ctx context.Context, room RoomID, author UserID, clientID string) (Message, error)
	// Message fails with CodeNotFound.
	Message(ctx context.Context, room RoomID, seq int64) (Message, error)
	// ChangeMessage applies the change to the message durably, and gives the message
	// the next rev of its room. The transaction that makes the change decides act.
	// What was replaced is not kept. The deletion of a message in a thread gives the root
	// the following rev, and updates its Replies. A change that leaves the message as it
	// is takes no rev, and changed is false. Errors: CodeNotFound if there is no such
	// message; the error of the change's Apply.
	ChangeMessage(ctx context.Context, act *Act, room RoomID, seq int64, change MessageChange) (message Message, changed bool, err error)
	// Messages returns a page of the room's timeline. CodeNotFound if there is no
	// such room.
	Messages(ctx context.Context, room RoomID, page MessagePage) (Page, error)
	// ChangesSince returns at most limit messages changed after rev, of at most so
	// many bytes, counted as for MessagePage, and at most limit members. If there
	// are more, Rev is that of the last change returned, otherwise the room's. The
	// store sets StartOver only if some of the changes have been forgotten; all
	// other cases are up to the service.
	ChangesSince(ctx context.Context, room RoomID, rev int64, limit, bytes int) (Changes, error)
}
