-- Messages that are pinned to their rooms, and the bookmarks of users.

-- +goose Up
CREATE TABLE pins (
    room   bigint NOT NULL,
    seq    bigint NOT NULL,
    "user" bigint NOT NULL REFERENCES users (id), -- who pinned it
    at     bigint NOT NULL,
    rev    bigint NOT NULL, -- the room's, by which pins are in order
    PRIMARY KEY (room, seq),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
);

CREATE UNIQUE INDEX pins_in_order ON pins (room, rev);

-- Servers of the version before delete messages, too.
-- +goose StatementBegin
CREATE FUNCTION pinned_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM pins WHERE room = NEW.room AND seq = NEW.seq;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER pinned_deleted AFTER UPDATE OF deleted ON messages FOR EACH ROW
    WHEN (NEW.deleted AND NOT OLD.deleted AND NEW.extras <> 0) EXECUTE FUNCTION pinned_deleted();

CREATE TABLE bookmarks (
    "user" bigint NOT NULL REFERENCES users (id),
    room   bigint NOT NULL,
    seq    bigint NOT NULL,
    at     bigint NOT NULL,
    rev    bigint NOT NULL, -- the user's, by which bookmarks are in order
    PRIMARY KEY ("user", room, seq),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
);

CREATE UNIQUE INDEX bookmarks_in_order ON bookmarks ("user", rev);
CREATE INDEX bookmarks_by_message ON bookmarks (room, seq);

-- +goose Down
DROP TABLE bookmarks;
DROP TRIGGER pinned_deleted ON messages;
DROP FUNCTION pinned_deleted;
DROP TABLE pins;
