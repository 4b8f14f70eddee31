-- Messages can be edited and deleted: each such change takes the room's next
-- rev and stamps the message with it.

-- +goose Up
ALTER TABLE messages ADD COLUMN edited_at INTEGER; -- NULL if it never was
ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0; -- 1: a tombstone without body

-- +goose StatementBegin
CREATE TRIGGER message_changed AFTER UPDATE OF rev ON messages BEGIN
    UPDATE rooms SET rev = NEW.rev WHERE id = NEW.room;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER message_changed;
ALTER TABLE messages DROP COLUMN deleted;
ALTER TABLE messages DROP COLUMN edited_at;
