package chat

import "context"

// Edit replaces the body of one of the user's messages, then publishes the change.
// The same body again changes nothing, so that an edit can be retried. Errors:
// CodeInvalid and CodeTooLarge on "body"; CodeNotFound for rooms that the user may
// not see and for messages that don't exist or have been deleted; CodeForbidden;
// CodeRateLimited.
func (m *Messages) Edit(ctx context.Context, by User, room RoomID, seq int64, body string) (Message, error) {
	body, err := m.rules.caption(body) // MessageEdit knows whether it may be empty
	if err != nil {
		return Message{}, err
	}
	found, err := m.mentionsIn(ctx, by, room, body)
	if err != nil {
		return Message{}, err
	}
	edit := &MessageEdit{Body: body, At: m.now(), Mentions: found.users, names: m.rules.namesIn(body)}
	act := actOf(by, func(a Access) error {
		edit.MentionsRoom = found.room && a.MayMentionRoom()
		return a.edits()
	})
	return m.change(ctx, act, room, seq, edit)
}

// Delete replaces the message by a tombstone, then publishes the change. Deleting a
// message twice is not an error. Errors: CodeNotFound for rooms that the user may
// not see and for messages that don't exist; CodeForbidden; CodeRateLimited.
func (m *Messages) Delete(ctx context.Context, by User, room RoomID, seq int64) (Message, error) {
	return m.change(ctx, actOf(by, Access.deletes), room, seq, MessageDeletion{})
}

// change makes the change, then publishes the message if it has changed.
func (m *Messages) change(ctx context.Context, act *Act, room RoomID, seq int64, change MessageChange) (Message, error) {
	if err := m.sends.Take(act.By); err != nil {
		return Message{}, err
	}
	message, changed, err := m.store.ChangeMessage(ctx, act, room, seq, change)
	switch {
	case changed:
		published := message // below, message becomes what its reader sees
		m.publish(ctx, &published, act)
	default:
		m.sends.GiveBack(act.By)
	}
	if err != nil {
		return Message{}, err
	}
	return message, m.withOwn(ctx, act.By, room, &message)
}
