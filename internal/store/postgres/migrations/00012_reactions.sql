-- Reactions to messages. The extras of a message say which other tables have rows of
-- it, so that reading messages without any costs no query.

-- +goose Up
ALTER TABLE messages ADD COLUMN extras bigint NOT NULL DEFAULT 0; -- a bit set; once set, a bit stays

CREATE TABLE reactions (
    room   bigint           NOT NULL,
    seq    bigint           NOT NULL,
    "user" bigint           NOT NULL REFERENCES users (id),
    emoji  text COLLATE "C" NOT NULL,
    at     bigint           NOT NULL,
    rev    bigint           NOT NULL, -- the room's, by which those with the same emoji are in order
    PRIMARY KEY (room, seq, "user", emoji),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
);

CREATE UNIQUE INDEX reactions_by_emoji ON reactions (room, seq, emoji, rev);

-- How many users have reacted with each emoji.
CREATE TABLE reaction_counts (
    room      bigint           NOT NULL,
    seq       bigint           NOT NULL,
    emoji     text COLLATE "C" NOT NULL,
    n         bigint           NOT NULL,
    first_rev bigint           NOT NULL, -- of the one that made this row, by which a message's emoji are in order
    PRIMARY KEY (room, seq, emoji),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
) WITH (fillfactor = 50);

-- Servers of the version before delete messages, too.
-- +goose StatementBegin
CREATE FUNCTION reacted_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reactions WHERE room = NEW.room AND seq = NEW.seq;
    DELETE FROM reaction_counts WHERE room = NEW.room AND seq = NEW.seq;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER reacted_deleted AFTER UPDATE OF deleted ON messages FOR EACH ROW
    WHEN (NEW.deleted AND NOT OLD.deleted AND NEW.extras <> 0) EXECUTE FUNCTION reacted_deleted();

-- +goose Down
DROP TRIGGER reacted_deleted ON messages;
DROP FUNCTION reacted_deleted;
DROP TABLE reaction_counts;
DROP TABLE reactions;
ALTER TABLE messages DROP COLUMN extras;
