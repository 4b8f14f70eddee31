-- Whom messages mention: in the column, with the text as written, and in a table by
-- which the unread mentions of a user are found. Triggers keep the table.

-- +goose Up
ALTER TABLE messages ADD COLUMN mentions TEXT; -- JSON: a list of {"user", "text"}; user 0 is everyone in the room

CREATE TABLE mentions (
    user   INTEGER NOT NULL, -- 0: everyone in the room
    room   INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    author INTEGER NOT NULL, -- of the message
    PRIMARY KEY (user, room, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX mentions_by_message ON mentions (room, seq);

-- +goose StatementBegin
CREATE TRIGGER mentions_came AFTER INSERT ON messages WHEN NEW.mentions IS NOT NULL AND NOT NEW.deleted BEGIN
    INSERT INTO mentions (user, room, seq, author)
    SELECT value ->> 'user', NEW.room, NEW.seq, NEW.author FROM json_each(NEW.mentions) WHERE true ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER mentions_changed AFTER UPDATE OF mentions, deleted ON messages
WHEN OLD.mentions IS NOT NULL OR NEW.mentions IS NOT NULL BEGIN
    DELETE FROM mentions WHERE room = NEW.room AND seq = NEW.seq;
    INSERT INTO mentions (user, room, seq, author)
    SELECT value ->> 'user', NEW.room, NEW.seq, NEW.author FROM json_each(NEW.mentions) WHERE NOT NEW.deleted ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER mentions_changed;
DROP TRIGGER mentions_came;
DROP TABLE mentions;
ALTER TABLE messages DROP COLUMN mentions;
