-- Whom messages mention: in the column, with the text as written, and in a table by
-- which the unread mentions of a user are found. Triggers keep the table, also when a
-- server of the version before deletes a message.

-- +goose Up
ALTER TABLE messages ADD COLUMN mentions text; -- JSON: a list of {"user", "text"}; user 0 is everyone in the room

CREATE TABLE mentions (
    "user" bigint NOT NULL, -- 0: everyone in the room
    room   bigint NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq    bigint NOT NULL,
    author bigint NOT NULL, -- of the message
    PRIMARY KEY ("user", room, seq)
);

CREATE INDEX mentions_by_message ON mentions (room, seq);

-- +goose StatementBegin
CREATE FUNCTION message_mentions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM mentions WHERE room = NEW.room AND seq = NEW.seq;
    END IF;
    IF NEW.mentions IS NOT NULL AND NOT NEW.deleted THEN
        INSERT INTO mentions ("user", room, seq, author)
        SELECT (e ->> 'user')::bigint, NEW.room, NEW.seq, NEW.author FROM jsonb_array_elements(NEW.mentions::jsonb) e
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER mentions_came AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.mentions IS NOT NULL) EXECUTE FUNCTION message_mentions();

CREATE TRIGGER mentions_changed AFTER UPDATE OF mentions, deleted ON messages FOR EACH ROW
    WHEN (OLD.mentions IS NOT NULL OR NEW.mentions IS NOT NULL) EXECUTE FUNCTION message_mentions();

-- +goose Down
DROP TRIGGER mentions_changed ON messages;
DROP TRIGGER mentions_came ON messages;
DROP FUNCTION message_mentions;
DROP TABLE mentions;
ALTER TABLE messages DROP COLUMN mentions;
