-- Who follows which threads, and how far each has read them. A row stays when its user
-- stops following.

-- +goose Up
CREATE TABLE thread_follows (
    "user" bigint NOT NULL REFERENCES users (id),
    room bigint NOT NULL,
    root bigint NOT NULL, -- seq of the root
    follows bigint NOT NULL, -- 1 or 0
    read_seq bigint NOT NULL,
    rev bigint NOT NULL, -- the user's
    PRIMARY KEY ("user", room, root),
    FOREIGN KEY (room, root) REFERENCES messages (room, seq) ON DELETE CASCADE
);

CREATE UNIQUE INDEX follows_in_order ON thread_follows ("user", rev);
CREATE INDEX follows_by_root ON thread_follows (room, root);

-- +goose Down
DROP TABLE thread_follows;
