package redis

import (
	"time"

	"partychat/internal/chat"
)

// This file defines the parts of events in JSON. A part with the fields of its type
// in the domain is converted to it, so a field that the domain gains doesn't compile
// until it is here, too.

type author struct {
	ID       chat.UserID   `json:"id"`
	Username string        `json:"username"`
	Kind     chat.UserKind `json:"kind"`

	DisplayName string `json:"displayName,omitempty"`
	ProfileRev  int64  `json:"profileRev,omitempty"`
}

type user struct {
	ID        chat.UserID   `json:"id"`
	Username  string        `json:"username"`
	Kind      chat.UserKind `json:"kind"`
	Role      chat.Role     `json:"role"`
	CreatedAt time.Time     `json:"createdAt"`
	Banned    bool          `json:"banned,omitempty"`
	Profile   profile       `json:"profile,omitzero"`
}

type profile struct {
	DisplayName string `json:"displayName,omitempty"`
	Status      status `json:"status,omitzero"`
	Rev         int64  `json:"rev,omitempty"`
}

type status struct {
	Emoji string    `json:"emoji,omitempty"`
	Text  string    `json:"text,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

func recordOf(u chat.User) user {
	p := u.Profile
	return user{
		ID: u.ID, Username: u.Username, Kind: u.Kind, Role: u.Role, CreatedAt: u.CreatedAt, Banned: u.Banned,
		Profile: profile{DisplayName: p.DisplayName, Status: status(p.Status), Rev: p.Rev},
	}
}

func (r user) user() chat.User {
	p := r.Profile
	return chat.User{
		ID: r.ID, Username: r.Username, Kind: r.Kind, Role: r.Role, CreatedAt: r.CreatedAt, Banned: r.Banned,
		Profile: chat.Profile{DisplayName: p.DisplayName, Status: chat.Status(p.Status), Rev: p.Rev},
	}
}

type room struct {
	ID        chat.RoomID   `json:"id"`
	Kind      chat.RoomKind `json:"kind"`
	Name      string        `json:"name"`
	Topic     string        `json:"topic"`
	CreatedAt time.Time     `json:"createdAt"`
	Members   int           `json:"members"`
	Seq       int64         `json:"seq"`
	Rev       int64         `json:"rev"`

	ArchivedAt time.Time `json:"archivedAt,omitzero"`
}

type joinRoom struct {
	ID      chat.RoomID   `json:"id"`
	Kind    chat.RoomKind `json:"kind"`
	Name    string        `json:"name"`
	Topic   string        `json:"topic"`
	Members int           `json:"members"`
}

type presence struct {
	User  chat.UserID        `json:"user"`
	State chat.PresenceState `json:"state"`
}

type location struct {
	Latitude  float64   `json:"latitude"`
	Longitude float64   `json:"longitude"`
	Accuracy  *float64  `json:"accuracy,omitempty"`
	Time      time.Time `json:"time"`
}

type notice struct {
	Kind chat.NoticeKind `json:"kind"`
	User author          `json:"user"`
}

type mention struct {
	User chat.UserID `json:"user"`
	Text string      `json:"text"`
}

type file struct {
	ID     chat.FileID `json:"id"`
	Name   string      `json:"name"`
	Type   string      `json:"type"`
	Size   int64       `json:"size"`
	Width  int         `json:"width,omitempty"`
	Height int         `json:"height,omitempty"`
}

type message struct {
	Room      chat.RoomID      `json:"room"`
	Seq       int64            `json:"seq"`
	Rev       int64            `json:"rev"`
	ClientID  string           `json:"clientId"`
	Author    author           `json:"author"`
	Kind      chat.MessageKind `json:"kind"`
	Body      string           `json:"body"`
	Notice    *notice          `json:"notice,omitempty"`
	Location  *location        `json:"location,omitempty"`
	Mentions  []mention        `json:"mentions,omitempty"`
	ToRoom    bool             `json:"mentionsRoom,omitempty"`
	Files     []file           `json:"files,omitempty"`
	CreatedAt time.Time        `json:"createdAt"`
	EditedAt  time.Time        `json:"editedAt,omitzero"`
	Deleted   bool             `json:"deleted,omitempty"`
	Shortened bool             `json:"shortened,omitempty"`
	Reactions []reaction       `json:"reactions,omitempty"`
	Pinned    *pin             `json:"pinned,omitempty"`
	ReplyTo   *quote           `json:"replyTo,omitempty"`
	Thread    int64            `json:"thread,omitempty"`
	InRoom    bool             `json:"inRoom,omitempty"`
	Replies   *replies         `json:"replies,omitempty"`
}

type pin struct {
	By author    `json:"by"`
	At time.Time `json:"at"`
}

type quote struct {
	Seq       int64            `json:"seq"`
	Author    author           `json:"author"`
	Kind      chat.MessageKind `json:"kind"`
	Body      string           `json:"body"`
	Shortened bool             `json:"shortened,omitempty"`
	Deleted   bool             `json:"deleted,omitempty"`
}

type replies struct {
	Count   int64     `json:"count"`
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Authors []author  `json:"authors"`
}

func messageOf(m *chat.Message) message {
	record := message{
		Room: m.Room, Seq: m.Seq, Rev: m.Rev, ClientID: m.ClientID, Author: author(m.Author), Kind: m.Kind, Body: m.Body,
		Location: (*location)(m.Location), ToRoom: m.MentionsRoom, CreatedAt: m.CreatedAt, EditedAt: m.EditedAt, Deleted: m.Deleted, Shortened: m.Shortened,
		Thread: m.Thread, InRoom: m.InRoom,
	}
	if m.Pinned != nil {
		record.Pinned = &pin{author(m.Pinned.By), m.Pinned.At}
	}
	for _, it := range m.Mentions {
		record.Mentions = append(record.Mentions, mention(it))
	}
	if q := m.ReplyTo; q != nil {
		record.ReplyTo = &quote{q.Seq, author(q.Author), q.Kind, q.Body, q.Shortened, q.Deleted}
	}
	if r := m.Replies; r != nil {
		record.Replies = &replies{r.Count, r.Seq, r.At, make([]author, len(r.Authors))}
		for i, a := range r.Authors {
			record.Replies.Authors[i] = author(a)
		}
	}
	for _, f := range m.Files {
		record.Files = append(record.Files, file(f))
	}
	if m.Notice != nil {
		record.Notice = &notice{Kind: m.Notice.Kind, User: author(m.Notice.User)}
	}
	for _, r := range m.Reactions {
		record.Reactions = append(record.Reactions, reactionOf(r))
	}
	return record
}

func (r message) message() *chat.Message {
	m := &chat.Message{
		Room: r.Room, Seq: r.Seq, Rev: r.Rev, ClientID: r.ClientID, Author: chat.Author(r.Author), Kind: r.Kind, Body: r.Body,
		Location: (*chat.Location)(r.Location), MentionsRoom: r.ToRoom, CreatedAt: r.CreatedAt, EditedAt: r.EditedAt, Deleted: r.Deleted, Shortened: r.Shortened,
		Thread: r.Thread, InRoom: r.InRoom,
	}
	if r.Pinned != nil {
		m.Pinned = &chat.Pin{By: chat.Author(r.Pinned.By), At: r.Pinned.At}
	}
	for _, it := range r.Mentions {
		m.Mentions = append(m.Mentions, chat.Mention(it))
	}
	if q := r.ReplyTo; q != nil {
		m.ReplyTo = &chat.Quote{Seq: q.Seq, Author: chat.Author(q.Author), Kind: q.Kind, Body: q.Body, Shortened: q.Shortened, Deleted: q.Deleted}
	}
	if t := r.Replies; t != nil {
		m.Replies = &chat.Replies{Count: t.Count, Seq: t.Seq, At: t.At, Authors: make([]chat.Author, len(t.Authors))}
		for i, a := range t.Authors {
			m.Replies.Authors[i] = chat.Author(a)
		}
	}
	for _, f := range r.Files {
		m.Files = append(m.Files, chat.FileInfo(f))
	}
	if r.Notice != nil {
		m.Notice = &chat.Notice{Kind: r.Notice.Kind, User: chat.Author(r.Notice.User)}
	}
	for _, r := range r.Reactions {
		m.Reactions = append(m.Reactions, r.reaction())
	}
	return m
}

type member struct {
	User user      `json:"user"`
	Role chat.Role `json:"role"`
}

// subscription is a chat.Subscription without the fields that membershipInner has.
type subscription struct {
	room
	Membership membership `json:"membership"`
	Unread     int64      `json:"unread"`
	Mentions   []int64    `json:"mentions,omitempty"`
	Last       *message   `json:"last,omitempty"`
	Peer       *user      `json:"peer,omitempty"`
}

type membership struct {
	Role     chat.Role `json:"role"`
	ReadSeq  int64     `json:"readSeq"`
	JoinedAt time.Time `json:"joinedAt"`
	Rev      int64     `json:"rev,omitempty"`
}

// membershipInner has the fields of a membership that the first release did not
// write into the subscription.
type membershipInner struct {
	Room        chat.RoomID `json:"room"`
	User        chat.UserID `json:"user"`
	RoomRev     int64       `json:"roomRev,omitempty"`
	Peer        chat.UserID `json:"peer,omitempty"`
	HiddenUntil int64       `json:"hiddenUntil,omitempty"`
	Hidden      bool        `json:"hidden,omitempty"`
	Marked      int64       `json:"marked,omitempty"`
	Level       chat.Level  `json:"level,omitempty"`
}

func subscriptionOf(s chat.Subscription) (subscription, membershipInner) {
	m := s.Membership
	record := subscription{
		room:       room(s.Room),
		Membership: membership{Role: m.Role, ReadSeq: m.ReadSeq, JoinedAt: m.JoinedAt, Rev: m.Rev},
		Unread:     s.Unread, Mentions: s.Mentions,
	}
	if s.Peer != nil {
		peer := recordOf(*s.Peer)
		record.Peer = &peer
	}
	if s.Last != nil {
		last := messageOf(s.Last)
		record.Last = &last
	}
	return record, membershipInner{
		Room: m.Room, User: m.User, RoomRev: m.RoomRev, Peer: m.Peer, HiddenUntil: m.HiddenUntil, Hidden: m.Hidden, Marked: m.Marked, Level: m.Level,
	}
}

func (r subscription) subscription(inner membershipInner) chat.Subscription {
	m := r.Membership
	s := chat.Subscription{
		Room: chat.Room(r.room),
		Membership: chat.Membership{
			Room: inner.Room, User: inner.User, Role: m.Role, ReadSeq: m.ReadSeq, JoinedAt: m.JoinedAt, Rev: m.Rev, RoomRev: inner.RoomRev,
			Peer: inner.Peer, HiddenUntil: inner.HiddenUntil, Hidden: inner.Hidden, Marked: inner.Marked, Level: inner.Level,
		},
		Unread: r.Unread, Mentions: r.Mentions,
	}
	if r.Peer != nil {
		peer := r.Peer.user()
		s.Peer = &peer
	}
	if r.Last != nil {
		s.Last = r.Last.message()
	}
	return s
}
