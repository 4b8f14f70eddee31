-- Whether a user is banned from the server stands beside each membership, so that
-- a statement that moves a read position finds it there: see sqlAppend. Triggers
-- keep it, also for the servers of the version before.

-- +goose Up
-- First, as those take it who change users and their memberships.
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE memberships ADD COLUMN banned boolean NOT NULL DEFAULT false;

-- +goose StatementBegin
CREATE FUNCTION member_banned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.banned := (SELECT banned FROM users WHERE id = NEW."user");
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER member_banned BEFORE INSERT ON memberships FOR EACH ROW EXECUTE FUNCTION member_banned();

-- +goose StatementBegin
CREATE FUNCTION user_banned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE memberships SET banned = NEW.banned WHERE "user" = NEW.id AND banned <> NEW.banned;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER user_banned AFTER UPDATE OF banned ON users FOR EACH ROW
    WHEN (OLD.banned <> NEW.banned) EXECUTE FUNCTION user_banned();

UPDATE memberships SET banned = true WHERE "user" IN (SELECT "user" FROM server_bans);

-- +goose Down
DROP TRIGGER user_banned ON users;
DROP TRIGGER member_banned ON memberships;
DROP FUNCTION user_banned;
DROP FUNCTION member_banned;
ALTER TABLE memberships DROP COLUMN banned;
