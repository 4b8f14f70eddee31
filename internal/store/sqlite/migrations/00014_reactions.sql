-- Reactions to messages. The extras of a message say which other tables have rows of
-- it, so that reading messages without any costs no query.

-- +goose Up
ALTER TABLE messages ADD COLUMN extras INTEGER NOT NULL DEFAULT 0; -- a bit set; once set, a bit stays

CREATE TABLE reactions (
    room  INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    user  INTEGER NOT NULL REFERENCES users (id),
    emoji TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    rev   INTEGER NOT NULL, -- the room's, by which those with the same emoji are in order
    PRIMARY KEY (room, seq, user, emoji),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX reactions_by_emoji ON reactions (room, seq, emoji, rev);

-- How many users have reacted with each emoji.
CREATE TABLE reaction_counts (
    room      INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    emoji     TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    first_rev INTEGER NOT NULL, -- of the one that made this row, by which a message's emoji are in order
    PRIMARY KEY (room, seq, emoji),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER reacted_deleted AFTER UPDATE OF deleted ON messages WHEN NEW.deleted > OLD.deleted BEGIN
    DELETE FROM reactions WHERE room = NEW.room AND seq = NEW.seq;
    DELETE FROM reaction_counts WHERE room = NEW.room AND seq = NEW.seq;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER reacted_deleted;
DROP TABLE reaction_counts;
DROP TABLE reactions;
ALTER TABLE messages DROP COLUMN extras;
