-- What a search reads, and what names look like. Both are made of the names by the
-- program: see package naming. Rows whose keyed_name is not their name wait for it,
-- as those do that a server of the version before writes. Such a server goes on
-- with room_words and user_words, which this version neither reads nor writes.

-- +goose Up
ALTER TABLE rooms ADD COLUMN keyed_name text; -- the name that the room's parts and looks are of; NULL: there are none
ALTER TABLE users ADD COLUMN keyed_name text;

CREATE INDEX rooms_unkeyed ON rooms (id) WHERE kind = 'public' AND keyed_name IS DISTINCT FROM name;
CREATE INDEX users_unkeyed ON users (id) WHERE keyed_name IS DISTINCT FROM username;

-- The search key of each public room's name from each of its characters on. The
-- rank tells where that is: 0 at the beginning, 1 at a later word's, 2 elsewhere.
CREATE TABLE room_parts (
    rank integer          NOT NULL,
    tail text COLLATE "C" NOT NULL,
    room bigint           NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (rank, tail, room)
);

CREATE INDEX parts_of_room ON room_parts (room);

CREATE TABLE user_parts (
    rank   integer          NOT NULL,
    tail   text COLLATE "C" NOT NULL,
    "user" bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (rank, tail, "user")
);

CREATE INDEX parts_of_user ON user_parts ("user");

-- What the name of each public room looks like. The names that were there before
-- looks were compared may look alike: each owns its look by its own id. All others
-- share the owner 0, so that of each look there is one at most.
CREATE TABLE room_looks (
    look  text COLLATE "C" NOT NULL,
    owner bigint           NOT NULL,
    room  bigint           NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (look, owner)
);

CREATE INDEX looks_of_room ON room_looks (room);

CREATE TABLE user_looks (
    look   text COLLATE "C" NOT NULL,
    owner  bigint           NOT NULL,
    "user" bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (look, owner)
);

CREATE INDEX looks_of_user ON user_looks ("user");
