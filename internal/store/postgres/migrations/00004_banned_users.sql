-- Whether a user is banned from the server is asked with each user that is read:
-- it stands beside the name. Whoever changes it has locked the user's row.

-- +goose Up
ALTER TABLE users ADD COLUMN banned boolean NOT NULL DEFAULT false;
UPDATE users SET banned = true WHERE id IN (SELECT "user" FROM server_bans);

-- +goose Down
ALTER TABLE users DROP COLUMN banned;
