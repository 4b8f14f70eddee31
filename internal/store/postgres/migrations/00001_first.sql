-- Times are Unix milliseconds. Names beside a folded_name are shown; the folded
-- one is compared, by its bytes. Ids of users and rooms are random. Whoever
-- changes a room's counters or its members locks the room's row first, so that
-- the order is one and nobody waits in a circle.

-- +goose Up
CREATE TABLE users (
    id            bigint           PRIMARY KEY,
    username      text             NOT NULL,
    folded_name   text COLLATE "C" NOT NULL UNIQUE,
    kind          text             NOT NULL,
    role          text             NOT NULL,
    password_hash text             NOT NULL,
    created_at    bigint           NOT NULL
);

-- Whether there is an admin is asked at each sign-up.
CREATE INDEX users_admins ON users (role) WHERE role = 'admin';

-- The name of each user from each of its later words on: what a search for the
-- beginning of a word reads.
CREATE TABLE user_words (
    tail   text COLLATE "C" NOT NULL,
    "user" bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (tail, "user")
);

CREATE INDEX words_of_user ON user_words ("user");

CREATE TABLE sessions (
    id         text   COLLATE "C" PRIMARY KEY,
    "user"     bigint REFERENCES users (id) ON DELETE CASCADE, -- NULL while nobody has logged in
    data       bytea  NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);

CREATE INDEX sessions_of_user ON sessions ("user");
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A busy room's row is written at each commit: with room on its page the new
-- version stays there, and no index has to hear of it.
CREATE TABLE rooms (
    id          bigint           PRIMARY KEY,
    kind        text             NOT NULL,
    name        text             NOT NULL,
    folded_name text COLLATE "C" NOT NULL,
    topic       text             NOT NULL,
    created_at  bigint           NOT NULL,
    members     bigint           NOT NULL DEFAULT 0,
    seq         bigint           NOT NULL DEFAULT 0, -- the head
    rev         bigint           NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX public_rooms_by_name ON rooms (folded_name) WHERE kind = 'public';

CREATE TABLE room_words (
    tail text COLLATE "C" NOT NULL,
    room bigint           NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (tail, room)
);

CREATE INDEX words_of_room ON room_words (room);

CREATE TABLE memberships (
    room         bigint           NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    "user"       bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    folded_name  text COLLATE "C" NOT NULL, -- the user's, so that an index gives the members in order
    role         text             NOT NULL,
    read_seq     bigint           NOT NULL,
    joined_at    bigint           NOT NULL,
    peer         bigint           REFERENCES users (id),  -- the other one, in a conversation
    hidden_until bigint           NOT NULL DEFAULT 0, -- out of the user's list until the room's head reaches it
    PRIMARY KEY (room, "user")
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX members_by_name ON memberships (room, folded_name);
CREATE INDEX rooms_of_user ON memberships ("user", room);
-- It is what keeps a conversation the only one of the two.
CREATE UNIQUE INDEX conversations ON memberships ("user", peer) WHERE peer IS NOT NULL;

CREATE TABLE messages (
    room       bigint  NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq        bigint  NOT NULL,
    rev        bigint  NOT NULL,
    author     bigint  NOT NULL REFERENCES users (id),
    client_id  uuid    NOT NULL,
    kind       text    NOT NULL,
    body       text    NOT NULL,
    created_at bigint  NOT NULL,
    edited_at  bigint, -- NULL if it never was
    deleted    boolean NOT NULL DEFAULT false, -- a tombstone without body
    PRIMARY KEY (room, seq)
);

CREATE UNIQUE INDEX messages_by_client_id ON messages (room, author, client_id);
CREATE UNIQUE INDEX messages_by_rev ON messages (room, rev);
-- Notices do not count as unread.
CREATE INDEX notices ON messages (room, seq) WHERE kind = 'notice';

-- Links that lead into a room, or into a conversation with whoever made them.
CREATE TABLE invitations (
    id         bigint  PRIMARY KEY,
    token_hash text    COLLATE "C" NOT NULL UNIQUE,
    room       bigint  REFERENCES rooms (id) ON DELETE CASCADE, -- NULL: a conversation
    made_by    bigint  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    for_user   bigint  REFERENCES users (id) ON DELETE CASCADE, -- NULL: for whoever has the link
    guests     boolean NOT NULL,
    uses       bigint  NOT NULL DEFAULT 0,
    max_uses   bigint, -- NULL: any number
    created_at bigint  NOT NULL,
    expires_at bigint -- NULL: never
);

CREATE INDEX invitations_of_room ON invitations (room, made_by);
CREATE INDEX invitations_of_user ON invitations (made_by);
CREATE INDEX invitations_for_user ON invitations (for_user) WHERE for_user IS NOT NULL;
CREATE INDEX invitations_by_expiry ON invitations (expires_at) WHERE expires_at IS NOT NULL;

INSERT INTO rooms (id, kind, name, folded_name, topic, created_at)
VALUES (1, 'public', 'main', 'main', '', (extract(epoch FROM clock_timestamp()) * 1000)::bigint);

-- +goose Down
DROP TABLE invitations;
DROP TABLE messages;
DROP TABLE memberships;
DROP TABLE room_words;
DROP TABLE rooms;
DROP TABLE sessions;
DROP TABLE user_words;
DROP TABLE users;
