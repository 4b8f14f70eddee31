package chat

import (
	"context"
	"crypto/rand"
	"fmt"
)

var noticeKind = kind{detail: noticeDetail}

func noticeDetail(m *Message) {
	m.Notice = &Notice{Kind: NoticeKind(m.Body), User: m.Author}
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeJoined  NoticeKind = "joined"  // the user has become a member
	NoticeLeft    NoticeKind = "left"    // the user is none any more
	NoticeRemoved NoticeKind = "removed" // the same, by an admin's will
)

// Notice is what a message of kind MessageNotice says. The kind is stored as
// the message's body, the user as its author.
type Notice struct {
	Kind NoticeKind `json:"kind"`
	User Author     `json:"user"`
}

// notify writes into the room's timeline who has come or gone. It is not worth
// failing for: what has happened has happened. Rooms in which it would be all
// one reads have no notices, and who lets people come and go without end gets
// none; that is by, who may be another one than the user.
func (c *core) notify(ctx context.Context, room Room, user User, kind NoticeKind, by User) {
	if room.Kind == RoomDirect || room.Members > c.rules.limits.NoticeMembers || c.sends.Take(by.ID) != nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	message, _, err := c.store.AppendMessage(ctx, NewMessage{
		Room: room.ID, ClientID: newClientID(), Author: user.ID,
		Kind: MessageNotice, Body: string(kind), CreatedAt: c.now(),
	})
	if err != nil {
		c.sends.GiveBack(by.ID)
		c.events.log.Warn("cannot write a notice", "room", room.ID, "kind", kind, "error", err)
		return
	}
	c.events.publish(ctx, MessagePut{Message: message})
}

// newClientID draws a UUID (RFC 9562, version 4) for what the server writes.
func newClientID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
