-- Messages that are pinned to their rooms, and the bookmarks of users.

-- +goose Up
CREATE TABLE pins (
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id), -- who pinned it
    at   INTEGER NOT NULL,
    rev  INTEGER NOT NULL, -- the room's, by which pins are in order
    PRIMARY KEY (room, seq),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX pins_in_order ON pins (room, rev);

-- +goose StatementBegin
CREATE TRIGGER pinned_deleted AFTER UPDATE OF deleted ON messages WHEN NEW.deleted > OLD.deleted BEGIN
    DELETE FROM pins WHERE room = NEW.room AND seq = NEW.seq;
END;
-- +goose StatementEnd

CREATE TABLE bookmarks (
    user INTEGER NOT NULL REFERENCES users (id),
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    rev  INTEGER NOT NULL, -- the user's, by which bookmarks are in order
    PRIMARY KEY (user, room, seq),
    FOREIGN KEY (room, seq) REFERENCES messages (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX bookmarks_in_order ON bookmarks (user, rev);
CREATE INDEX bookmarks_by_message ON bookmarks (room, seq);

-- +goose Down
DROP TABLE bookmarks;
DROP TRIGGER pinned_deleted;
DROP TABLE pins;
