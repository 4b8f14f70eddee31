-- Who follows which threads, and how far each has read them. A row stays when its user
-- stops following.

-- +goose Up
CREATE TABLE thread_follows (
    user INTEGER NOT NULL REFERENCES users (id),
    room INTEGER NOT NULL,
    root INTEGER NOT NULL, -- seq of the root
    follows INTEGER NOT NULL, -- 1 or 0
    read_seq INTEGER NOT NULL,
    rev INTEGER NOT NULL, -- the user's
    PRIMARY KEY (user, room, root),
    FOREIGN KEY (room, root) REFERENCES messages (room, seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX follows_in_order ON thread_follows (user, rev);
CREATE INDEX follows_by_root ON thread_follows (room, root);

-- +goose Down
DROP TABLE thread_follows;
