-- Messages answer others, and are in threads. A thread is named by the seq of its
-- root, and summarized in a row of its own.

-- +goose Up
ALTER TABLE messages ADD COLUMN reply_to INTEGER; -- the seq that the message answers
ALTER TABLE messages ADD COLUMN thread INTEGER; -- the seq of the root of its thread
ALTER TABLE messages ADD COLUMN in_room INTEGER NOT NULL DEFAULT 0; -- the room shows it, too

CREATE INDEX messages_in_threads ON messages (room, thread, seq) WHERE thread IS NOT NULL;

CREATE TABLE threads (
    room    INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    root    INTEGER NOT NULL,
    replies INTEGER NOT NULL, -- that are not deleted
    latest  INTEGER NOT NULL, -- seq of the latest of them, 0 if there is none
    authors TEXT    NOT NULL, -- of the latest of them, as a JSON list of ids
    PRIMARY KEY (room, root)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER reply_deleted AFTER UPDATE OF deleted ON messages
WHEN NEW.thread IS NOT NULL AND NEW.deleted > OLD.deleted BEGIN
    UPDATE threads SET replies = replies - 1,
        latest = (SELECT ifnull(max(t.seq), 0) FROM messages t
            WHERE t.room = NEW.room AND t.thread = NEW.thread AND t.deleted = 0),
        authors = (SELECT json_group_array(a.author) FROM (SELECT t.author FROM messages t
            WHERE t.room = NEW.room AND t.thread = NEW.thread AND t.deleted = 0
            GROUP BY t.author ORDER BY max(t.seq) DESC LIMIT 3) a)
    WHERE room = NEW.room AND root = NEW.thread;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER reply_deleted;
DROP TABLE threads;
DROP INDEX messages_in_threads;
ALTER TABLE messages DROP COLUMN in_room;
ALTER TABLE messages DROP COLUMN thread;
ALTER TABLE messages DROP COLUMN reply_to;
