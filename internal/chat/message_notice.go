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

// NoticeKind is what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeJoined  NoticeKind = "joined"  // the user has become a member
	NoticeLeft    NoticeKind = "left"    // the user has left
	NoticeRemoved NoticeKind = "removed" // an admin has removed the user
)

// Notice is the content of a message of kind MessageNotice. The kind is stored as
// the message's body, the user as its author.
type Notice struct {
	Kind NoticeKind
	User Author
}

// notify appends a notice to the room's timeline. Its failure must not fail the
// caller, whose change has been made. Large rooms get no notices, because notices
// would drown the conversation. Notices also count against the sends of by, who
// made the change and may be another person than user; so nobody can flood a room
// by joining and leaving. Archived rooms get none.
func (c *core) notify(ctx context.Context, room Room, user User, kind NoticeKind, by User) {
	if room.Kind == RoomDirect || room.Archived() || room.Members > c.rules.limits.NoticeMembers || c.sends.Take(by.ID) != nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	message, _, err := c.store.AppendMessage(ctx, &NewMessage{
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

// newClientID returns a random UUID (RFC 9562, version 4) for messages that the
// server writes.
func newClientID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
