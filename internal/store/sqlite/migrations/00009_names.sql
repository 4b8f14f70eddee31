-- What a search reads, and what names look like. Both are made of the names by the
-- program: see package naming. Rows whose keyed_name is not their name wait for it.

-- +goose Up
DROP TABLE room_words;
DROP TABLE user_words;

ALTER TABLE rooms ADD COLUMN keyed_name TEXT; -- the name that the room's parts and looks are of; NULL: there are none
ALTER TABLE users ADD COLUMN keyed_name TEXT;

CREATE INDEX rooms_unkeyed ON rooms (id) WHERE kind = 'public' AND keyed_name IS NOT name;
CREATE INDEX users_unkeyed ON users (id) WHERE keyed_name IS NOT username;

-- The search key of each public room's name from each of its characters on. The
-- rank tells where that is: 0 at the beginning, 1 at a later word's, 2 elsewhere.
CREATE TABLE room_parts (
    rank INTEGER NOT NULL,
    tail TEXT    NOT NULL,
    room INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (rank, tail, room)
) STRICT, WITHOUT ROWID;

CREATE INDEX parts_of_room ON room_parts (room);

CREATE TABLE user_parts (
    rank INTEGER NOT NULL,
    tail TEXT    NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (rank, tail, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX parts_of_user ON user_parts (user);

-- What the name of each public room looks like. The names that were there before
-- looks were compared may look alike: each owns its look by its own id. All others
-- share the owner 0, so that of each look there is one at most.
CREATE TABLE room_looks (
    look  TEXT    NOT NULL,
    owner INTEGER NOT NULL,
    room  INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (look, owner)
) STRICT, WITHOUT ROWID;

CREATE INDEX looks_of_room ON room_looks (room);

CREATE TABLE user_looks (
    look  TEXT    NOT NULL,
    owner INTEGER NOT NULL,
    user  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (look, owner)
) STRICT, WITHOUT ROWID;

CREATE INDEX looks_of_user ON user_looks (user);
