package wire

import (
	"time"

	"partychat/internal/chat"
)

// Message is one entry of a room's timeline. (Room, Seq) identifies it.
type Message struct {
	Room     chat.RoomID      `json:"room"`
	Seq      int64            `json:"seq"` // position in the room: 1, 2, 3 … in the order of commit
	Rev      int64            `json:"rev"` // rev of the room at its last change
	ClientID string           `json:"clientId"`
	Author   Author           `json:"author"`
	Kind     chat.MessageKind `json:"kind"`
	Body     string           `json:"body"`
	Notice   *Notice          `json:"notice,omitempty"`   // of a MessageNotice
	Location *Location        `json:"location,omitempty"` // of a MessageLocation
	// Mentions are the people whom the text mentions. MentionsRoom: it mentions everyone
	// in the room.
	Mentions     []Mention `json:"mentions,omitempty"`
	MentionsRoom bool      `json:"mentionsRoom,omitempty"`
	Files        []File    `json:"files,omitempty"` // of a MessageFile; absent in lists of rooms
	CreatedAt    time.Time `json:"createdAt"`
	EditedAt     time.Time `json:"editedAt,omitzero"` // last change of the body; absent if there was none
	// Deleted: the message is a tombstone with an empty body, which keeps its seq.
	Deleted bool `json:"deleted,omitempty"`
	// Reactions are in the order in which their emoji came.
	Reactions []Reaction `json:"reactions,omitempty"`
	Pinned    *Pin       `json:"pinned,omitempty"` // if it is pinned to its room
	// Shortened: the body is only the beginning of the text. Only set for the
	// latest message of a room in a list.
	Shortened bool `json:"shortened,omitempty"`

	ReplyTo *Quote   `json:"replyTo,omitempty"` // the message that this one answers
	Thread  int64    `json:"thread,omitempty"`  // the seq of the root of its thread
	InRoom  bool     `json:"inRoom,omitempty"`  // the room shows it, too, although it is in a thread
	Replies *Replies `json:"replies,omitempty"` // of the root of a thread
}

// MessageOf returns the message as clients see it.
func MessageOf(m *chat.Message) (w Message) {
	w.set(m)
	return w
}

// set fills in the message in its place: copies on the way would make the stack of each
// command that sends a message larger than the runtime keeps between collections. What few
// messages have is set apart, for the same reason.
func (w *Message) set(m *chat.Message) {
	w.Room, w.Seq, w.Rev, w.ClientID = m.Room, m.Seq, m.Rev, m.ClientID
	w.Author = AuthorOf(m.Author)
	w.Kind, w.Body = m.Kind, m.Body
	w.MentionsRoom = m.MentionsRoom
	w.CreatedAt, w.EditedAt, w.Deleted = m.CreatedAt, m.EditedAt, m.Deleted
	w.Shortened = m.Shortened
	w.Thread, w.InRoom = m.Thread, m.InRoom
	if m.Notice != nil || m.Location != nil || m.Pinned != nil || m.ReplyTo != nil || m.Replies != nil ||
		len(m.Mentions)+len(m.Files)+len(m.Reactions) > 0 {
		w.setMore(m)
	}
}

// setMore sets what few messages have. The location is not copied: the fields of Location
// and chat.Location are the same.
//
//go:noinline
func (w *Message) setMore(m *chat.Message) {
	w.Notice = optional(m.Notice, noticeOf)
	w.Location = (*Location)(m.Location)
	w.Mentions, w.Reactions, w.Files = mentionsOf(m.Mentions), reactionsOf(m.Reactions), filesOf(m.Files)
	w.Pinned = optional(m.Pinned, pinOf)
	w.ReplyTo = optional(m.ReplyTo, quoteOf)
	w.Replies = optional(m.Replies, repliesOf)
}

// messagesOf is listOf for messages, which are too large to be copied twice.
func messagesOf(list []chat.Message) []Message {
	out := make([]Message, len(list))
	for i := range list {
		out[i].set(&list[i])
	}
	return out
}

func optionalMessageOf(m *chat.Message) *Message {
	if m == nil {
		return nil
	}
	w := new(Message)
	w.set(m)
	return w
}

// Mention is a person who is named in a message's text.
type Mention struct {
	User chat.UserID `json:"user"`
	Text string      `json:"text"` // as written, with the “@”
}

func mentionsOf(list []chat.Mention) []Mention {
	if len(list) == 0 {
		return nil
	}
	return listOf(list, func(m chat.Mention) Mention { return Mention(m) })
}

func filesOf(files []chat.FileInfo) []File {
	if len(files) == 0 {
		return nil
	}
	return listOf(files, FileOf)
}

// Notice is the content of a message of kind MessageNotice. The kind is stored as
// the message's body, the user as its author.
type Notice struct {
	Kind chat.NoticeKind `json:"kind"`
	User Author          `json:"user"`
}

func noticeOf(n chat.Notice) Notice { return Notice{Kind: n.Kind, User: AuthorOf(n.User)} }

// Location is a position on the Earth (WGS 84), the content of a message of kind
// MessageLocation. Its URI is stored as the message's body.
type Location struct {
	Latitude  float64   `json:"latitude"`           // degrees north, −90 to 90
	Longitude float64   `json:"longitude"`          // degrees east, −180 to 180
	Accuracy  *float64  `json:"accuracy,omitempty"` // radius in metres
	Time      time.Time `json:"time"`               // when the position was measured
}

// MessagePut is the event message:put.
type MessagePut struct {
	Message Message `json:"message"`
}

// MessagePutOf returns the event that a message is new or has changed.
func MessagePutOf(e chat.MessagePut) *MessagePut {
	p := new(MessagePut)
	p.Message.set(e.Message)
	return p
}

// SendCommand is the argument of message:send.
type SendCommand struct {
	Room     chat.RoomID      `json:"room"`
	ClientID string           `json:"clientId"`
	Kind     chat.MessageKind `json:"kind,omitempty"`
	Body     string           `json:"body"`
	Location *Location        `json:"location,omitempty"` // of kind location, without a body
	ReplyTo  int64            `json:"replyTo,omitempty"`  // the seq of the message that this one answers
	Thread   int64            `json:"thread,omitempty"`   // the seq of the root of its thread
	InRoom   bool             `json:"inRoom,omitempty"`   // the room shows it, too, although it is in a thread
	Files    []chat.FileID    `json:"files,omitempty"`    // of kind file, whose body is their caption
}

// Input returns what the client sends.
func (c SendCommand) Input() chat.SendInput {
	return chat.SendInput{
		Room: c.Room, ClientID: c.ClientID, Kind: c.Kind, Body: c.Body, Location: (*chat.Location)(c.Location), Files: c.Files,
		ReplyTo: c.ReplyTo, Thread: c.Thread, InRoom: c.InRoom,
	}
}

// SendAnswer acknowledges message:send: the message is stored and durable.
type SendAnswer struct {
	OK      bool    `json:"ok"`
	Message Message `json:"message"`
}

// SendAnswerOf returns the answer with the stored message.
func SendAnswerOf(m *chat.Message) *SendAnswer {
	a := &SendAnswer{OK: true}
	a.Message.set(m)
	return a
}

// NewMessage is a message to be sent.
type NewMessage struct {
	ClientID string           `json:"clientId" doc:"a new UUID for each message, repeated in each retry"`
	Kind     chat.MessageKind `json:"kind,omitempty" doc:"text, the default, location or file"`
	Body     string           `json:"body" doc:"1 to 8,000 characters, at least one of them visible; empty for a location; for files the caption, which may be empty"`
	Location *Location        `json:"location,omitempty" doc:"only for messages of kind location"`
	ReplyTo  int64            `json:"replyTo,omitempty" doc:"the seq of the message that this one answers"`
	Thread   int64            `json:"thread,omitempty" doc:"the seq of the root of a thread: the message is a reply in it"`
	InRoom   bool             `json:"inRoom,omitempty" doc:"the room shows the reply, too"`
	Files    []chat.FileID    `json:"files,omitempty" doc:"only for messages of kind file: uploads of mine, in the order in which to show them"`
}

// Input returns what the client sends to the room.
func (m NewMessage) Input(room chat.RoomID) chat.SendInput {
	return chat.SendInput{
		Room: room, ClientID: m.ClientID, Kind: m.Kind, Body: m.Body, Location: (*chat.Location)(m.Location), Files: m.Files,
		ReplyTo: m.ReplyTo, Thread: m.Thread, InRoom: m.InRoom,
	}
}

// MessageChange changes a message.
type MessageChange struct {
	Body string `json:"body" doc:"1 to 8,000 characters, at least one of them visible"`
}

// MessageAnswer is one message as stored.
type MessageAnswer struct {
	Message Message `json:"message"`
}

// MessageAnswerOf returns the answer with a message.
func MessageAnswerOf(m *chat.Message) MessageAnswer { return MessageAnswer{Message: MessageOf(m)} }

// Page is a part of a room's timeline, in the order of seq, from one snapshot.
type Page struct {
	Messages []Message `json:"messages"`
	Seq      int64     `json:"seq"`  // the room's head in the snapshot
	Rev      int64     `json:"rev"`  // the room's rev in the snapshot
	More     bool      `json:"more"` // whether there are more messages in the requested direction
}

// PageOf returns the page as clients see it.
func PageOf(p chat.Page) Page {
	return Page{Messages: messagesOf(p.Messages), Seq: p.Seq, Rev: p.Rev, More: p.More}
}
