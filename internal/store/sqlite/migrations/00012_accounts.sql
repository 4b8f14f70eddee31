-- What people see of their sessions, by what a guest's device shows that it is the
-- same, how the first admin comes to be, and what an operator's command has
-- changed that running servers are to act on.

-- +goose Up
ALTER TABLE sessions ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0; -- the last activity; 0: not known
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT ''; -- what began it, in words

ALTER TABLE users ADD COLUMN device_hash TEXT NOT NULL DEFAULT ''; -- of a guest's device; '': none

CREATE TABLE setup_links (
    token_hash TEXT    PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_changes (
    id   INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT    NOT NULL
) STRICT;

CREATE INDEX account_changes_of_user ON account_changes (user);

-- +goose Down
DROP TABLE account_changes;
DROP TABLE setup_links;
ALTER TABLE users DROP COLUMN device_hash;
ALTER TABLE sessions DROP COLUMN device;
ALTER TABLE sessions DROP COLUMN seen_at;
