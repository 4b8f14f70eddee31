-- How users show themselves to others: a name and a status.

-- +goose Up
ALTER TABLE users ADD COLUMN display_name TEXT NOT NULL DEFAULT '';  -- '': the username
ALTER TABLE users ADD COLUMN status_emoji TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN status_text TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN status_until INTEGER NOT NULL DEFAULT 0; -- 0: no end
ALTER TABLE users ADD COLUMN profile_rev INTEGER NOT NULL DEFAULT 0;  -- the user's, at the last change of these; 0: none

-- +goose Down
ALTER TABLE users DROP COLUMN profile_rev;
ALTER TABLE users DROP COLUMN status_until;
ALTER TABLE users DROP COLUMN status_text;
ALTER TABLE users DROP COLUMN status_emoji;
ALTER TABLE users DROP COLUMN display_name;
