package chat

import "context"

// Edit gives a text of the user's own another body and then tells the room.
// The same body again changes nothing, so an edit can be repeated. Errors:
// CodeInvalid and CodeTooLarge on "body"; CodeNotFound for rooms that the user
// may not see and for messages that are not there or have been deleted;
// CodeForbidden; CodeRateLimited.
func (m *Messages) Edit(ctx context.Context, by User, room RoomID, seq int64, body string) (Message, error) {
	body, err := m.rules.body(body)
	if err != nil {
		return Message{}, err
	}
	return m.change(ctx, by, func() (Message, bool, error) {
		return m.store.EditMessage(ctx, actOf(by, Access.edits), room, seq, body, m.now())
	})
}

// Delete leaves a tombstone of the message and then tells the room. To delete
// twice is no error. Errors: CodeNotFound for rooms that the user may not see
// and for messages that are not there; CodeForbidden; CodeRateLimited.
func (m *Messages) Delete(ctx context.Context, by User, room RoomID, seq int64) (Message, error) {
	return m.change(ctx, by, func() (Message, bool, error) {
		return m.store.DeleteMessage(ctx, actOf(by, Access.deletes), room, seq)
	})
}

// change lets the store change a message and tells the room if it has.
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
