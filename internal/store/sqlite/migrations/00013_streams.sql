-- Rooms and users have streams: every durable change takes the next rev of its
-- stream. What is there carries its rev in its row, and what has gone in a log. Rows
-- from before have the rev 0, and users without a head, too.

-- +goose Up
CREATE TABLE user_heads (
    user        INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    rev         INTEGER NOT NULL,
    floor       INTEGER NOT NULL DEFAULT 0, -- up to it, rows of the log may have been removed
    account_rev INTEGER NOT NULL DEFAULT 0  -- of the last change of the user's kind, role or ban
) STRICT;

ALTER TABLE rooms ADD COLUMN changed_rev INTEGER NOT NULL DEFAULT 0; -- of the last change of the name or topic
ALTER TABLE rooms ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;

ALTER TABLE memberships ADD COLUMN rev INTEGER NOT NULL DEFAULT 0; -- of the user's stream
ALTER TABLE memberships ADD COLUMN room_rev INTEGER NOT NULL DEFAULT 0; -- of the room's

CREATE INDEX members_by_rev ON memberships (room, room_rev) WHERE room_rev > 0;

ALTER TABLE invitations ADD COLUMN rev INTEGER NOT NULL DEFAULT 0; -- of the stream of for_user

ALTER TABLE account_changes ADD COLUMN rev INTEGER NOT NULL DEFAULT 0; -- of a change of the role

-- Who is no member any more, and why.
CREATE TABLE room_log (
    room   INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    rev    INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_log_of_user ON room_log (user);

-- What has gone from a user: the kind is room, invitation or session, and the
-- subject its id.
CREATE TABLE user_log (
    user    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind    TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    rev     INTEGER NOT NULL,
    reason  TEXT    NOT NULL,
    PRIMARY KEY (user, kind, subject)
) STRICT, WITHOUT ROWID;

-- A read position moves by one statement, which SQLite undoes as a whole.
-- +goose StatementBegin
CREATE TRIGGER membership_stamped AFTER UPDATE OF rev ON memberships BEGIN
    INSERT INTO user_heads (user, rev) VALUES (NEW.user, NEW.rev)
    ON CONFLICT (user) DO UPDATE SET rev = max(rev, NEW.rev);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER membership_stamped;
DROP TABLE user_log;
DROP TABLE room_log;
ALTER TABLE account_changes DROP COLUMN rev;
ALTER TABLE invitations DROP COLUMN rev;
DROP INDEX members_by_rev;
ALTER TABLE memberships DROP COLUMN room_rev;
ALTER TABLE memberships DROP COLUMN rev;
ALTER TABLE rooms DROP COLUMN floor;
ALTER TABLE rooms DROP COLUMN changed_rev;
DROP TABLE user_heads;
