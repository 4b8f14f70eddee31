-- Whether a user is banned from the server is asked with each user that is read:
-- it stands beside the name.

-- +goose Up
ALTER TABLE users ADD COLUMN banned INTEGER NOT NULL DEFAULT 0; -- 1: there is a ban; kept by triggers
UPDATE users SET banned = 1 WHERE id IN (SELECT user FROM server_bans);

-- +goose StatementBegin
CREATE TRIGGER user_banned AFTER INSERT ON server_bans BEGIN
    UPDATE users SET banned = 1 WHERE id = NEW.user;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER user_unbanned AFTER DELETE ON server_bans BEGIN
    UPDATE users SET banned = 0 WHERE id = OLD.user;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER user_unbanned;
DROP TRIGGER user_banned;
ALTER TABLE users DROP COLUMN banned;
