-- What notifies users: a level for each membership, and choices that hold for all of
-- a user's rooms.

-- +goose Up
ALTER TABLE memberships ADD COLUMN level TEXT NOT NULL DEFAULT ''; -- '': that of settings

CREATE TABLE settings (
    user       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    level      TEXT    NOT NULL, -- of memberships without one
    quiet_from INTEGER NOT NULL, -- minutes after midnight
    quiet_to   INTEGER NOT NULL,
    zone       TEXT    NOT NULL, -- of the quiet hours; '': there are none
    rev        INTEGER NOT NULL  -- of the user's stream
) STRICT;

-- +goose Down
DROP TABLE settings;
ALTER TABLE memberships DROP COLUMN level;
