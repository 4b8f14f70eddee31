package chat

import (
	"context"
	"time"
)

// Messages is the timelines of the rooms.
type Messages struct {
	*core
	tries tries
}

// retold is how old a message is at most of which a retry tells the room again.
// By then the others have it from the store, whatever was lost.
const retold = time.Minute

// SendInput is what a user says of a message to be sent.
type SendInput struct {
	Room     RoomID
	ClientID string      // a UUID; the same one again makes it a retry
	Kind     MessageKind // MessageText, which is the default, or MessageLocation
	Body     string
	Location *Location // of a MessageLocation, which has no body
}

// Send stores the message and then tells the room. A retry gets the original,
// with created false; so it does whatever has become of its author's rights
// since, and it counts against no limit. If the original is young, the room is
// told again: the node that has stored it may have died before it told anybody.
// Who knows of it already goes by its rev and is told nothing. Errors:
// CodeInvalid and CodeTooLarge on "clientId", "kind", "body" or "location"; CodeNotFound
// for rooms that the user may not see; CodeForbidden for others that the user
// is no member of; CodeRateLimited; CodeUnavailable if it could not be stored
// now.
func (m *Messages) Send(ctx context.Context, by User, input SendInput) (message Message, created bool, err error) {
	if input.ClientID, err = m.rules.clientID(input.ClientID); err != nil {
		return Message{}, false, err
	}
	this := send{author: by.ID, room: input.Room, clientID: input.ClientID}
	end, err := m.tries.begin(ctx, this)
	if err != nil {
		return Message{}, false, err
	}
	defer end()
	message, created, err = m.try(ctx, by, input)
	if err != nil {
		message, err = m.original(ctx, this, err)
		created = false
	}
	if err == nil && (created || m.isYoung(message)) {
		m.events.publish(ctx, MessagePut{Message: message})
	}
	return message, created, err
}

func (m *Messages) isYoung(message Message) bool { return m.now().Sub(message.CreatedAt) < retold }

// try stores the message unless a rule is against it.
func (m *Messages) try(ctx context.Context, by User, input SendInput) (message Message, created bool, err error) {
	kind, body, err := m.rules.content(input, m.now())
	if err != nil {
		return Message{}, false, err
	}
	if err := m.sends.Take(by.ID); err != nil {
		return Message{}, false, err
	}
	act := &Act{By: by.ID, Needs: mayPost}
	message, created, err = m.store.AppendMessage(ctx, NewMessage{
		Room:      input.Room,
		ClientID:  input.ClientID,
		Author:    by.ID,
		Kind:      kind,
		Body:      body,
		CreatedAt: m.now(),
		Act:       act,
	})
	if !created {
		m.sends.GiveBack(by.ID)
	}
	if CodeOf(err) == CodeForbidden {
		return Message{}, false, m.mayNotPost(ctx, by, input.Room)
	}
	if err == nil && (created || m.isYoung(message)) {
		for _, user := range act.Shows {
			m.tellSubscription(context.WithoutCancel(ctx), input.Room, user) // the message is there, also when its author has gone
		}
	}
	return message, created, err
}

// original gives the message that the send has already become, or else why it
// is refused. If neither is known now, the sender is to ask again.
func (m *Messages) original(ctx context.Context, s send, refusal error) (Message, error) {
	if code := CodeOf(refusal); code == CodeUnavailable || code == CodeInternal {
		return Message{}, refusal
	}
	original, err := m.store.MessageByClientID(ctx, s.room, s.author, s.clientID)
	if CodeOf(err) == CodeNotFound {
		return Message{}, refusal
	}
	return original, err
}

// mayNotPost says why the store has refused a message of the user.
func (m *Messages) mayNotPost(ctx context.Context, by User, room RoomID) error {
	now, err := m.store.UserByID(ctx, by.ID)
	switch {
	case err != nil:
		return err
	case now.Banned:
		return ErrBannedFromServer()
	}
	return m.notMember(ctx, now, room, "Join the room to write in it.")
}

// Page gives part of the room's timeline: at most so many messages, and fewer
// if they have more than Limits.PageBytes. Errors: CodeInvalid on "limit" or,
// for a seq below 0, on the direction; CodeNotFound for rooms that the viewer
// may not see.
func (m *Messages) Page(ctx context.Context, viewer User, room RoomID, page MessagePage) (Page, error) {
	var err error
	if page.Limit, err = m.rules.limits.pageSize(page.Limit, m.rules.limits.MessagesPerPage); err != nil {
		return Page{}, err
	}
	if page.Direction != PageLatest && page.Seq < 0 {
		return Page{}, ErrorIn(string(page.Direction), CodeInvalid, "The seq must not be negative.")
	}
	if _, err := m.seen(ctx, viewer, room); err != nil {
		return Page{}, err
	}
	page.Bytes = m.rules.limits.PageBytes
	return m.store.Messages(ctx, room, page)
}

// ChangesSince gives what has changed in the room since the rev, a page at a
// time. Who is too far behind, or claims a rev that the room has not reached,
// is told to start over. Errors: CodeInvalid on "since"; CodeNotFound for
// rooms that the viewer may not see.
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
	return m.store.ChangesSince(ctx, room, since, m.rules.limits.PageMax, m.rules.limits.PageBytes)
}
