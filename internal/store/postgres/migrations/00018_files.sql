-- Files: what users upload and send in messages. Their bytes are outside of the
-- database, in blobs. Every blob has a row here before it is stored, so that none is
-- forgotten, whatever fails in between.

-- +goose Up
CREATE TABLE files (
    id         bigint  PRIMARY KEY,
    owner      bigint  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  uuid    NOT NULL,
    room       bigint  REFERENCES rooms (id) ON DELETE SET NULL, -- of the message that it is in; NULL: in none
    seq        bigint  NOT NULL DEFAULT 0, -- of that message
    place      bigint  NOT NULL DEFAULT 0, -- among its files
    name       text    NOT NULL,
    type       text    NOT NULL DEFAULT '', -- media type; '' until it is ready
    size       bigint  NOT NULL,
    received   bigint  NOT NULL DEFAULT 0,
    ready      boolean NOT NULL DEFAULT false,
    width      bigint  NOT NULL DEFAULT 0, -- of a picture; 0: unknown
    height     bigint  NOT NULL DEFAULT 0,
    created_at bigint  NOT NULL,
    changed_at bigint  NOT NULL
);

CREATE UNIQUE INDEX files_by_client_id ON files (owner, client_id);
CREATE UNIQUE INDEX files_of_message ON files (room, seq, place) WHERE room IS NOT NULL;
CREATE INDEX files_not_sent ON files (changed_at) WHERE room IS NULL;

CREATE TABLE blobs (
    key        text COLLATE "C" PRIMARY KEY,
    size       bigint           NOT NULL,
    checked_at bigint, -- NULL: a file has it; otherwise the sweeper checks it, some time after this
    doomed     boolean          NOT NULL DEFAULT false -- being deleted; no file may take it
);

CREATE INDEX blobs_to_check ON blobs (checked_at) WHERE checked_at IS NOT NULL;

CREATE TABLE file_blobs (
    file  bigint           NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    role  text COLLATE "C" NOT NULL, -- content, part, or the size of a thumbnail
    place bigint           NOT NULL, -- of a part: its offset in bytes
    key   text COLLATE "C" NOT NULL REFERENCES blobs (key),
    PRIMARY KEY (file, role, place)
);

CREATE INDEX file_blobs_by_key ON file_blobs (key);

CREATE TABLE file_totals (
    owner bigint PRIMARY KEY, -- a user; 0: everybody
    bytes bigint NOT NULL
);

INSERT INTO file_totals (owner, bytes) VALUES (0, 0);

-- +goose Down
DROP TABLE file_totals;
DROP TABLE file_blobs;
DROP TABLE blobs;
DROP TABLE files;
