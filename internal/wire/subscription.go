package wire

import (
	"time"

	"partychat/internal/chat"
)

// Membership is a user's subscription to a room.
type Membership struct {
	Role     chat.Role  `json:"role"`    // within the room
	ReadSeq  int64      `json:"readSeq"` // everything up to this seq is read; only room:unread moves it back
	JoinedAt time.Time  `json:"joinedAt"`
	Rev      int64      `json:"rev,omitempty"`    // rev of the user's stream at its last change
	Marked   int64      `json:"marked,omitempty"` // rev of the user's stream when messages were last marked as unread
	Level    chat.Level `json:"level,omitempty"`  // which messages notify the user: everything, mentions, nothing or muted; absent: that of the settings
}

// Subscription is a room in a member's list.
type Subscription struct {
	Room
	Membership Membership `json:"membership"`
	Unread     int64      `json:"unread"` // counted, undeleted messages after the read position; never stored
	// Mentions are the seqs of the first 100 messages after the read position that mention
	// the user.
	Mentions []int64  `json:"mentions,omitempty"`
	Last     *Message `json:"last,omitempty"` // Message.Preview of the latest message, if there is one
	Peer     *User    `json:"peer,omitempty"` // the other user, in a conversation
}

// SubscriptionOf returns the subscription as its user sees it.
func SubscriptionOf(s chat.Subscription) Subscription {
	m := s.Membership
	return Subscription{
		Room:       RoomOf(s.Room),
		Membership: Membership{Role: m.Role, ReadSeq: m.ReadSeq, JoinedAt: m.JoinedAt, Rev: m.Rev, Marked: m.Marked, Level: m.Level},
		Unread:     s.Unread, Mentions: s.Mentions, Last: optionalMessageOf(s.Last), Peer: optional(s.Peer, UserOf),
	}
}

// SubscriptionsOf returns a list of subscriptions.
func SubscriptionsOf(subs []chat.Subscription) []Subscription { return listOf(subs, SubscriptionOf) }

// SubscriptionAnswer is one of the user's rooms.
type SubscriptionAnswer struct {
	Subscription Subscription `json:"subscription"`
}

// SubscriptionAnswerOf returns the answer with a subscription.
func SubscriptionAnswerOf(s chat.Subscription) SubscriptionAnswer {
	return SubscriptionAnswer{Subscription: SubscriptionOf(s)}
}

// SubscriptionList is a page of the user's rooms.
type SubscriptionList struct {
	Subscriptions []Subscription `json:"subscriptions"`
	Next          string         `json:"next,omitempty" doc:"pass it as after to get the next page; absent on the last page"`
}

// SubscriptionListOf returns a page of the user's rooms.
func SubscriptionListOf(p chat.SubscriptionPage) SubscriptionList {
	return SubscriptionList{Subscriptions: SubscriptionsOf(p.Subscriptions), Next: p.Next}
}

// RoomPut is the event room:put.
type RoomPut struct {
	Subscription Subscription `json:"subscription"`
	Rev          int64        `json:"rev,omitempty"` // of the user's stream
}

// RoomPutOf returns the event that a room in the list is new or has changed.
func RoomPutOf(e chat.SubscriptionPut) RoomPut {
	return RoomPut{Subscription: SubscriptionOf(e.Subscription), Rev: e.Rev}
}

// RoomGone is the event room:gone.
type RoomGone struct {
	Room   chat.RoomID     `json:"room"`
	Reason chat.GoneReason `json:"reason"`
	Rev    int64           `json:"rev,omitempty"` // of the user's stream, where it is known
}

// RoomGoneOf returns the event that a room has left the list.
func RoomGoneOf(e chat.SubscriptionGone) RoomGone {
	return RoomGone{Room: e.Room, Reason: reasonOf(e.Reason), Rev: e.Rev}
}

// reasonOf returns the reason, which the domain leaves out for GoneLeft.
func reasonOf(reason chat.GoneReason) chat.GoneReason {
	if reason == "" {
		return chat.GoneLeft
	}
	return reason
}

// ReadCommand is the argument of room:read.
type ReadCommand struct {
	Room chat.RoomID `json:"room"`
	Seq  int64       `json:"seq"`
	// Marked is the membership's, as the client knows it. If messages have been marked
	// as unread since, nothing changes. Absent: the position moves in any case.
	Marked *int64 `json:"marked,omitempty"`
}

// Known returns the mark that the client knows.
func (c ReadCommand) Known() int64 {
	if c.Marked == nil {
		return chat.AnyMark
	}
	return *c.Marked
}

// UnreadCommand is the argument of room:unread.
type UnreadCommand struct {
	Room chat.RoomID `json:"room"`
	Seq  int64       `json:"seq"` // of the first message to become unread
}

// ReadAnswer acknowledges room:read and room:unread with the position as it is now.
type ReadAnswer struct {
	OK      bool  `json:"ok"`
	ReadSeq int64 `json:"readSeq"`
}
