-- Who is kept out of a room, or of the whole server. Nobody is a member of a room
-- and banned from it.

-- +goose Up
CREATE TABLE room_bans (
    room        INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    folded_name TEXT    NOT NULL, -- the user's, so that an index gives the bans in order
    made_by     INTEGER NOT NULL REFERENCES users (id),
    made_at     INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX room_bans_by_name ON room_bans (room, folded_name);
CREATE INDEX room_bans_of_user ON room_bans (user);
CREATE INDEX room_bans_by_maker ON room_bans (made_by);

CREATE TABLE server_bans (
    user        INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    folded_name TEXT    NOT NULL UNIQUE,
    made_by     INTEGER NOT NULL REFERENCES users (id),
    made_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX server_bans_by_maker ON server_bans (made_by);

-- Whether a user is banned from the server is asked with each user that is read:
-- it stands beside the name.
ALTER TABLE users ADD COLUMN banned INTEGER NOT NULL DEFAULT 0; -- 1: there is a ban; kept by triggers

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
DROP TABLE server_bans;
DROP TABLE room_bans;
