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
	return m.change(ctx, by, func() (Message, bool, error) {
		return m.store.EditMessage(ctx, actOf(by, Access.edits), room, seq, body, m.now())
	})
}

// Delete replaces the message by a tombstone, then publishes the change. Deleting a
// message twice is not an error. Errors: CodeNotFound for rooms that the user may
// not see and for messages that don't exist; CodeForbidden; CodeRateLimited.
func (m *Messages) Delete(ctx context.Context, by User, room RoomID, seq int64) (Message, error) {
	return m.change(ctx, by, func() (Message, bool, error) {
		return m.store.DeleteMessage(ctx, actOf(by, Access.deletes), room, seq)
	})
}

// change calls the store, then publishes the message if it has changed.
func (m *Messages) change(ctx context.Context, by User, store func() (Message, bool, error)) (Message, error) {
	if err := m.sends.Take(by.ID); err != nil {
		return Message{}, err
	}
	message, changed, err := store()
	if !changed {
		m.sends.GiveBack(by.ID)
		return message, err
	}
	m.events.publish(ctx, MessagePut{Message: message})
	return message, nil
}
