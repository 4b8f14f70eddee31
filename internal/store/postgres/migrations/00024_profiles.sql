-- How users show themselves to others: a name and a status.

-- +goose Up
ALTER TABLE users
    ADD COLUMN display_name text NOT NULL DEFAULT '',   -- '': the username
    ADD COLUMN status_emoji text NOT NULL DEFAULT '',
    ADD COLUMN status_text text NOT NULL DEFAULT '',
    ADD COLUMN status_until bigint NOT NULL DEFAULT 0,  -- 0: no end
    ADD COLUMN profile_rev bigint NOT NULL DEFAULT 0;   -- the user's, at the last change of these; 0: none

-- +goose Down
ALTER TABLE users
    DROP COLUMN profile_rev, DROP COLUMN status_until, DROP COLUMN status_text, DROP COLUMN status_emoji,
    DROP COLUMN display_name;
