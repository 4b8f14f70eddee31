-- Times are Unix milliseconds. Names beside a folded_name are shown; the folded
-- one is compared, by its bytes. Ids of users and rooms are random.

-- +goose Up
CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    username      TEXT    NOT NULL,
    folded_name   TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id         TEXT    PRIMARY KEY,
    user       INTEGER REFERENCES users (id) ON DELETE CASCADE, -- NULL while nobody has logged in
    data       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_user ON sessions (user);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE rooms (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    folded_name TEXT    NOT NULL,
    topic       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    members     INTEGER NOT NULL DEFAULT 0, -- kept by triggers
    seq         INTEGER NOT NULL DEFAULT 0, -- the head, kept by a trigger
    rev         INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX public_rooms_by_name ON rooms (folded_name) WHERE kind = 'public';

-- The name of each public room from each of its later words on: what a search
-- for the beginning of a word reads.
CREATE TABLE room_words (
    tail TEXT    NOT NULL,
    room INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (tail, room)
) STRICT, WITHOUT ROWID;

CREATE INDEX words_of_room ON room_words (room);

CREATE TABLE memberships (
    room        INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    folded_name TEXT    NOT NULL, -- the user's, so that an index gives the members in order
    role        TEXT    NOT NULL,
    read_seq    INTEGER NOT NULL,
    joined_at   INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX members_by_name ON memberships (room, folded_name);
CREATE INDEX rooms_of_user ON memberships (user, room);

CREATE TABLE messages (
    room       INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    rev        INTEGER NOT NULL,
    author     INTEGER NOT NULL REFERENCES users (id),
    client_id  BLOB    NOT NULL, -- the UUID's 16 bytes
    kind       TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX messages_by_client_id ON messages (room, author, client_id);
CREATE UNIQUE INDEX messages_by_rev ON messages (room, rev);

-- +goose StatementBegin
CREATE TRIGGER member_came AFTER INSERT ON memberships BEGIN
    UPDATE rooms SET members = members + 1 WHERE id = NEW.room;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER member_went AFTER DELETE ON memberships BEGIN
    UPDATE rooms SET members = members - 1 WHERE id = OLD.room;
END;
-- +goose StatementEnd

-- A message, the head and its author's read position are one statement, which
-- SQLite undoes as a whole when any part of it fails.
-- +goose StatementBegin
CREATE TRIGGER message_came AFTER INSERT ON messages BEGIN
    UPDATE rooms SET seq = NEW.seq, rev = NEW.rev WHERE id = NEW.room;
    UPDATE memberships SET read_seq = NEW.seq WHERE room = NEW.room AND user = NEW.author;
END;
-- +goose StatementEnd

INSERT INTO rooms (id, kind, name, folded_name, topic, created_at)
VALUES (1, 'public', 'main', 'main', '', CAST(unixepoch('subsec') * 1000 AS INTEGER));

-- +goose Down
DROP TABLE messages;
DROP TABLE memberships;
DROP TABLE room_words;
DROP TABLE rooms;
DROP TABLE sessions;
DROP TABLE users;
