package chat

import (
	"context"
	"time"
)

// Messages is the service for the rooms' timelines.
type Messages struct {
	*core
	tries     tries[send]
	reactions reactionQueue
}

// maxRebroadcastAge: a retry of a message older than this is acknowledged but not
// broadcast again. By then, everyone else has loaded it from the store.
const maxRebroadcastAge = time.Minute

// SendInput is a message that a user sends.
type SendInput struct {
	Room     RoomID
	ClientID string      // a UUID, the idempotency key: a retry sends the same one again
	Kind     MessageKind // MessageText, which is the default, MessageLocation or MessageFile
	Body     string
	Location *Location // of a MessageLocation, which has no body
	ReplyTo  int64     // seq of the message that this one answers; 0: none
	Thread   int64     // seq of the root of the thread that the message is in; 0: none
	InRoom   bool      // the room shows the message, too, although it is in a thread
	Files    []FileID  // of a MessageFile, whose body is their caption
}

// Send stores the message, then publishes it. A retry returns the original with
// created false, even if its author has since lost the permission to write, and
// counts against no limit. If the original is recent, a retry publishes it again,
// because the node that stored it may have died before it published. Receivers
// ignore a message whose rev they know. Errors: CodeInvalid and CodeTooLarge on
// "clientId", "kind", "body", "location" or "files"; those of NewMessage.MayAnswer
// and CodeInvalid on "replyTo", "thread" or "inRoom"; CodeNotFound for rooms that the
// user may not see; CodeForbidden for other rooms that the user isn't a member of;
// CodeRateLimited; CodeUnavailable if the message can't be stored now.
func (m *Messages) Send(ctx context.Context, by User, input SendInput) (message *Message, created bool, err error) {
	if input.ClientID, err = m.rules.clientID(input.ClientID); err != nil {
		return nil, false, err
	}
	this := send{author: by.ID, room: input.Room, clientID: input.ClientID}
	end, err := m.tries.begin(ctx, this)
	if err != nil {
		return nil, false, err
	}
	defer end()
	act := &Act{By: by.ID, Needs: mayPost}
	message, created, err = m.try(ctx, by, input, act)
	if err != nil {
		message, err = m.original(ctx, this, err)
		created = false
	}
	if err == nil && (created || m.isYoung(message)) {
		m.publish(ctx, message, act)
	}
	if err == nil && !created {
		own := *message // receivers share the published one
		message, err = &own, m.withOwn(ctx, by.ID, input.Room, &own)
	}
	return message, created, err
}

// publish publishes a message that is new or has changed, and what else has changed
// with it.
func (m *Messages) publish(ctx context.Context, message *Message, act *Act) {
	m.events.publish(ctx, MessagePut{Message: message})
	if act.Touches != nil {
		m.events.publish(ctx, MessagePut{Message: act.Touches})
	}
	for _, state := range act.Follows {
		m.events.publish(ctx, state.Put())
	}
}

func (m *Messages) isYoung(message *Message) bool {
	return m.now().Sub(message.CreatedAt) < maxRebroadcastAge
}

// try stores the message, if the rules allow it.
func (m *Messages) try(ctx context.Context, by User, input SendInput, act *Act) (message *Message, created bool, err error) {
	kind, body, err := m.rules.content(input, m.now())
	if err != nil {
		return nil, false, err
	}
	if err := input.answers(); err != nil {
		return nil, false, err
	}
	if err := m.sends.Take(by.ID); err != nil {
		return nil, false, err
	}
	var found mentions
	if kind.mentions() {
		if found, err = m.mentionsIn(ctx, by, input.Room, body); err != nil {
			return nil, false, err
		}
	}
	message, created, err = m.store.AppendMessage(ctx, &NewMessage{
		Room:     input.Room,
		ClientID: input.ClientID,
		Author:   by.ID,
		Kind:     kind,
		Body:     body,

		Mentions:     found.users,
		MentionsRoom: found.room,

		CreatedAt: m.now(),
		Act:       act,
		Files:     input.Files,
		ReplyTo:   input.ReplyTo,
		Thread:    input.Thread,
		InRoom:    input.InRoom,
	})
	if !created {
		m.sends.GiveBack(by.ID)
	}
	if CodeOf(err) == CodeForbidden {
		return nil, false, m.mayNotPost(ctx, by, input.Room)
	}
	if err == nil && (created || m.isYoung(message)) {
		for _, user := range act.Shows {
			m.tellSubscription(context.WithoutCancel(ctx), input.Room, user) // the message is stored, even if its author has disconnected
		}
	}
	return message, created, err
}

// original returns the stored message of a send that was refused, or the refusal if
// there is none. If the store can't tell, it returns the store's error, so that the
// sender retries.
func (m *Messages) original(ctx context.Context, s send, refusal error) (*Message, error) {
	if code := CodeOf(refusal); code == CodeUnavailable || code == CodeInternal {
		return nil, refusal
	}
	original, err := m.store.MessageByClientID(ctx, s.room, s.author, s.clientID)
	if CodeOf(err) == CodeNotFound {
		return nil, refusal
	}
	return &original, err
}

// mayNotPost returns the reason why the store has refused the user's message.
func (m *Messages) mayNotPost(ctx context.Context, by User, room RoomID) error {
	now, err := m.store.UserByID(ctx, by.ID)
	switch {
	case err != nil:
		return err
	case now.Banned:
		return ErrBannedFromServer()
	}
	seen, err := m.seen(ctx, now, room)
	switch {
	case err != nil:
		return err
	case seen.Archived():
		return ErrArchived()
	}
	return Errorf(CodeForbidden, "Join the room to write in it.")
}

// Page returns part of the room's timeline. It has at most page.Limit messages, and
// fewer if they exceed Limits.PageBytes. Errors: CodeInvalid on "limit" or, for a
// seq below 0, on the direction or "thread"; CodeNotFound for rooms that the viewer may not
// see.
func (m *Messages) Page(ctx context.Context, viewer User, room RoomID, page MessagePage) (Page, error) {
	var err error
	if page.Limit, err = m.rules.limits.pageSize(page.Limit, m.rules.limits.MessagesPerPage); err != nil {
		return Page{}, err
	}
	if page.Direction != PageLatest && page.Seq < 0 {
		return Page{}, ErrorIn(string(page.Direction), CodeInvalid, "The seq must not be negative.")
	}
	if page.Part.Thread < 0 {
		return Page{}, ErrorIn("thread", CodeInvalid, "The seq must not be negative.")
	}
	if _, err := m.seen(ctx, viewer, room); err != nil {
		return Page{}, err
	}
	page.Bytes = m.rules.limits.PageBytes
	got, err := m.store.Messages(ctx, room, page)
	if err != nil {
		return Page{}, err
	}
	return got, m.withOwnIn(ctx, viewer.ID, room, got.Messages)
}

// Message returns one message. Errors: CodeNotFound for rooms that the viewer may not
// see and for messages that don't exist.
func (m *Messages) Message(ctx context.Context, viewer User, room RoomID, seq int64) (Message, error) {
	if _, err := m.seen(ctx, viewer, room); err != nil {
		return Message{}, err
	}
	message, err := m.store.Message(ctx, room, seq)
	if err != nil {
		return Message{}, err
	}
	return message, m.withOwn(ctx, viewer.ID, room, &message)
}

// ChangesSince returns the room's changes after the rev, one page at a time. A
// client that is too far behind, or names a rev that the room has not reached, must
// start over. Errors: CodeInvalid on "since"; CodeNotFound for rooms that the
// viewer may not see.
func (m *Messages) ChangesSince(ctx context.Context, viewer User, room RoomID, since int64) (Changes, error) {
	if since < 0 {
		return Changes{}, ErrorIn("since", CodeInvalid, "The rev must not be negative.")
	}
	seen, err := m.seen(ctx, viewer, room)
	if err != nil {
		return Changes{}, err
	}
	if behind := seen.Rev - since; behind < 0 || behind > m.rules.limits.ChangesMax {
		return Changes{Messages: []Message{}, Rev: seen.Rev, StartOver: true}, nil
	}
	changes, err := m.store.ChangesSince(ctx, room, since, m.rules.limits.PageMax, m.rules.limits.PageBytes)
	if err != nil {
		return Changes{}, err
	}
	return changes, m.withOwnIn(ctx, viewer.ID, room, changes.Messages)
}
