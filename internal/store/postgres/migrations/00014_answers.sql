-- Messages answer others, and are in threads. A thread is named by the seq of its
-- root, and summarized in a row of its own.

-- +goose Up
ALTER TABLE messages
    ADD COLUMN reply_to bigint, -- the seq that the message answers
    ADD COLUMN thread bigint, -- the seq of the root of its thread
    ADD COLUMN in_room boolean NOT NULL DEFAULT false; -- the room shows it, too

CREATE INDEX messages_in_threads ON messages (room, thread, seq) WHERE thread IS NOT NULL;

CREATE TABLE threads (
    room    bigint NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    root    bigint NOT NULL,
    replies bigint NOT NULL, -- that are not deleted
    latest  bigint NOT NULL, -- seq of the latest of them, 0 if there is none
    authors text   NOT NULL, -- of the latest of them, as a JSON list of ids
    PRIMARY KEY (room, root)
) WITH (fillfactor = 50);

-- Also for the servers of the version before.
-- +goose StatementBegin
CREATE FUNCTION reply_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE threads h SET replies = h.replies - 1,
        latest = (SELECT coalesce(max(t.seq), 0) FROM messages t
            WHERE t.room = NEW.room AND t.thread = NEW.thread AND NOT t.deleted),
        authors = (SELECT '[' || coalesce(string_agg(a.author::text, ',' ORDER BY a.seq DESC), '') || ']'
            FROM (SELECT t.author, max(t.seq) AS seq FROM messages t
                WHERE t.room = NEW.room AND t.thread = NEW.thread AND NOT t.deleted
                GROUP BY t.author ORDER BY 2 DESC LIMIT 3) a)
    WHERE h.room = NEW.room AND h.root = NEW.thread;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER reply_deleted AFTER UPDATE OF deleted ON messages FOR EACH ROW
    WHEN (NEW.thread IS NOT NULL AND NEW.deleted AND NOT OLD.deleted) EXECUTE FUNCTION reply_deleted();

-- What only a thread shows does not count as unread.
DROP TRIGGER notice_came ON messages;
CREATE TRIGGER notice_came AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.kind = 'notice' OR NEW.deleted OR NEW.thread IS NOT NULL AND NOT NEW.in_room)
    EXECUTE FUNCTION message_uncounted();

-- +goose Down
DROP TRIGGER notice_came ON messages;
CREATE TRIGGER notice_came AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.kind = 'notice' OR NEW.deleted) EXECUTE FUNCTION message_uncounted();
DROP TRIGGER reply_deleted ON messages;
DROP FUNCTION reply_deleted;
DROP TABLE threads;
DROP INDEX messages_in_threads;
ALTER TABLE messages DROP COLUMN reply_to, DROP COLUMN thread, DROP COLUMN in_room;
