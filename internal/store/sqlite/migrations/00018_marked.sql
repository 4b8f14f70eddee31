-- When a user has marked messages of a room as unread: what was read before that does
-- not move the read position any more.

-- +goose Up
ALTER TABLE memberships ADD COLUMN marked_rev INTEGER NOT NULL DEFAULT 0; -- rev of the user's stream

-- +goose Down
ALTER TABLE memberships DROP COLUMN marked_rev;
