package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"partychat/internal/chat"
)

// The trigger message_changed moves the head.
const (
	sqlEdit = `
UPDATE messages SET body = ?3, edited_at = ?4, rev = (SELECT rev + 1 FROM rooms WHERE id = ?1)
WHERE room = ?1 AND seq = ?2 AND deleted = 0 AND body <> ?3`

	sqlDelete = `
UPDATE messages SET body = '', edited_at = NULL, deleted = 1, rev = (SELECT rev + 1 FROM rooms WHERE id = ?1)
WHERE room = ?1 AND seq = ?2 AND deleted = 0`
)

// EditMessage is specified by chat.MessageStore.
func (s messageStore) EditMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, body string, at time.Time,
) (message chat.Message, changed bool, err error) {
	message, changed, err = s.changeMessage(ctx, act, room, seq, sqlEdit, room, seq, body, millis(at))
	if err == nil && message.Deleted {
		return chat.Message{}, false, chat.Errorf(chat.CodeNotFound, "This message has been deleted.")
	}
	return message, changed, err
}

// DeleteMessage is specified by chat.MessageStore.
func (s messageStore) DeleteMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64,
) (message chat.Message, changed bool, err error) {
	return s.changeMessage(ctx, act, room, seq, sqlDelete, room, seq)
}

// changeMessage runs the statement and returns the resulting message.
func (s messageStore) changeMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, query string, args ...any,
) (message chat.Message, changed bool, err error) {
	var row messageRow
	err = s.writeOne(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{room: room, message: seq}); err != nil {
			return err
		}
		n, err := tx.exec(query, args...)
		if err != nil {
			return err
		}
		changed = n > 0
		err = tx.row(sqlMessage, []any{room, seq}, row.dest()...)
		if errors.Is(err, sql.ErrNoRows) {
			return noMessage()
		}
		return err
	})
	if err != nil {
		return chat.Message{}, false, err
	}
	return row.message(room), changed, nil
}
