-- Files: what users upload and send in messages. Their bytes are outside of the
-- database, in blobs. Every blob has a row here before it is stored, so that none is
-- forgotten, whatever fails in between.

-- +goose Up
CREATE TABLE files (
    id         INTEGER PRIMARY KEY,
    owner      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  BLOB    NOT NULL, -- the UUID's 16 bytes
    room       INTEGER REFERENCES rooms (id) ON DELETE SET NULL, -- of the message that it is in; NULL: in none
    seq        INTEGER NOT NULL DEFAULT 0, -- of that message
    place      INTEGER NOT NULL DEFAULT 0, -- among its files
    name       TEXT    NOT NULL,
    type       TEXT    NOT NULL DEFAULT '', -- media type; '' until it is ready
    size       INTEGER NOT NULL,
    received   INTEGER NOT NULL DEFAULT 0,
    ready      INTEGER NOT NULL DEFAULT 0,
    width      INTEGER NOT NULL DEFAULT 0, -- of a picture; 0: unknown
    height     INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX files_by_client_id ON files (owner, client_id);
CREATE UNIQUE INDEX files_of_message ON files (room, seq, place) WHERE room IS NOT NULL;
CREATE INDEX files_not_sent ON files (changed_at) WHERE room IS NULL;

CREATE TABLE blobs (
    key        TEXT    PRIMARY KEY,
    size       INTEGER NOT NULL,
    checked_at INTEGER, -- NULL: a file has it; otherwise the sweeper checks it, some time after this
    doomed     INTEGER NOT NULL DEFAULT 0 -- 1: being deleted; no file may take it
) STRICT, WITHOUT ROWID;

CREATE INDEX blobs_to_check ON blobs (checked_at) WHERE checked_at IS NOT NULL;

CREATE TABLE file_blobs (
    file   INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    role   TEXT    NOT NULL, -- content, part, or the size of a thumbnail
    place  INTEGER NOT NULL, -- of a part: its offset in bytes
    key    TEXT    NOT NULL REFERENCES blobs (key),
    PRIMARY KEY (file, role, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_blobs_by_key ON file_blobs (key);

CREATE TABLE file_totals (
    owner INTEGER PRIMARY KEY, -- a user; 0: everybody
    bytes INTEGER NOT NULL
) STRICT;

INSERT INTO file_totals (owner, bytes) VALUES (0, 0);

-- +goose Down
DROP TABLE file_totals;
DROP TABLE file_blobs;
DROP TABLE blobs;
DROP TABLE files;
