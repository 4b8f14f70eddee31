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
}

type user struct {
	ID        chat.UserID   `json:"id"`
	Username  string        `json:"username"`
	Kind      chat.UserKind `json:"kind"`
	Role      chat.Role     `json:"role"`
	CreatedAt time.Time     `json:"createdAt"`
	Banned    bool          `json:"banned,omitempty"`
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
	CreatedAt time.Time        `json:"createdAt"`
	EditedAt  time.Time        `json:"editedAt,omitzero"`
	Deleted   bool             `json:"deleted,omitempty"`
	Shortened bool             `json:"shortened,omitempty"`
}

func messageOf(m chat.Message) message {
	record := message{
		Room: m.Room, Seq: m.Seq, Rev: m.Rev, ClientID: m.ClientID, Author: author(m.Author), Kind: m.Kind, Body: m.Body,
		Location: (*location)(m.Location), CreatedAt: m.CreatedAt, EditedAt: m.EditedAt, Deleted: m.Deleted, Shortened: m.Shortened,
	}
	if m.Notice != nil {
		record.Notice = &notice{Kind: m.Notice.Kind, User: author(m.Notice.User)}
	}
	return record
}

func (r message) message() chat.Message {
	m := chat.Message{
		Room: r.Room, Seq: r.Seq, Rev: r.Rev, ClientID: r.ClientID, Author: chat.Author(r.Author), Kind: r.Kind, Body: r.Body,
		Location: (*chat.Location)(r.Location), CreatedAt: r.CreatedAt, EditedAt: r.EditedAt, Deleted: r.Deleted, Shortened: r.Shortened,
	}
	if r.Notice != nil {
		m.Notice = &chat.Notice{Kind: r.Notice.Kind, User: chat.Author(r.Notice.User)}
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
}

func subscriptionOf(s chat.Subscription) (subscription, membershipInner) {
	m := s.Membership
	record := subscription{
		room:       room(s.Room),
		Membership: membership{Role: m.Role, ReadSeq: m.ReadSeq, JoinedAt: m.JoinedAt, Rev: m.Rev},
		Unread:     s.Unread, Peer: (*user)(s.Peer),
	}
	if s.Last != nil {
		last := messageOf(*s.Last)
		record.Last = &last
	}
	return record, membershipInner{
		Room: m.Room, User: m.User, RoomRev: m.RoomRev, Peer: m.Peer, HiddenUntil: m.HiddenUntil, Hidden: m.Hidden,
	}
}

func (r subscription) subscription(inner membershipInner) chat.Subscription {
	m := r.Membership
	s := chat.Subscription{
		Room: chat.Room(r.room),
		Membership: chat.Membership{
			Room: inner.Room, User: inner.User, Role: m.Role, ReadSeq: m.ReadSeq, JoinedAt: m.JoinedAt, Rev: m.Rev, RoomRev: inner.RoomRev,
			Peer: inner.Peer, HiddenUntil: inner.HiddenUntil, Hidden: inner.Hidden,
		},
		Unread: r.Unread, Peer: (*chat.User)(r.Peer),
	}
	if r.Last != nil {
		last := r.Last.message()
		s.Last = &last
	}
	return s
}
