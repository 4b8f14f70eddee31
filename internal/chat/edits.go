package chat

import "context"

// Edit replaces the body of one of the user's messages, then publishes the change.
// The same body again changes nothing, so that an edit can be retried. Errors:
// CodeInvalid and CodeTooLarge on "body"; CodeNotFound for rooms that the user may
// not see and for messages that don't exist or have been deleted; CodeForbidden;
// CodeRateLimited.
func (m *Messages) Edit(ctx context.Context, by User, room RoomID, seq int64, body string) (Message, error) {
	body, err := m.rules.body(body)
	if err != nil {
		return Message{}, err
	}
	return m.change(ctx, actOf(by, Access.edits), room, seq, MessageEdit{Body: body, At: m.now()})
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
	if !changed {
		m.sends.GiveBack(act.By)
		return message, err
	}
	m.events.publish(ctx, MessagePut{Message: message})
	return message, nil
}
