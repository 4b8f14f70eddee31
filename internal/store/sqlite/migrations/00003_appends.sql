-- The writer knows the heads of the rooms that it appends to, and moves each
-- once for all messages of a transaction. A trigger did so for each message.

-- +goose Up
DROP TRIGGER message_came;

-- +goose Down
-- +goose StatementBegin
CREATE TRIGGER message_came AFTER INSERT ON messages BEGIN
    UPDATE rooms SET seq = NEW.seq, rev = NEW.rev WHERE id = NEW.room;
    UPDATE memberships SET read_seq = NEW.seq WHERE room = NEW.room AND user = NEW.author;
END;
-- +goose StatementEnd
