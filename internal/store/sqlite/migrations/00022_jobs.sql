-- Jobs, side effects that must happen, and the devices that receive pushes.

-- +goose Up
CREATE TABLE jobs (
    kind       TEXT    NOT NULL,
    key        TEXT    NOT NULL, -- what it is about; a newer job replaces one with the same key
    payload    TEXT    NOT NULL,
    due_at     INTEGER NOT NULL, -- of a leased job: the end of the lease
    expires_at INTEGER NOT NULL, -- it is dropped after this
    created_at INTEGER NOT NULL,
    lease      INTEGER NOT NULL DEFAULT 0, -- identifies the worker that runs it; 0: none
    version    INTEGER NOT NULL DEFAULT 1, -- counts the replacements
    attempts   INTEGER NOT NULL DEFAULT 0,
    failure    TEXT    NOT NULL DEFAULT '', -- of the last attempt
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_due ON jobs (due_at);

-- The key pair by which push services recognise this server (RFC 8292). One row.
CREATE TABLE push_keys (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    public     TEXT    NOT NULL,
    private    TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE push_subscriptions (
    id         TEXT    PRIMARY KEY, -- a hash of the endpoint
    user       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session    TEXT    NOT NULL, -- a log-out of it deletes the subscription
    endpoint   TEXT    NOT NULL,
    p256dh     TEXT    NOT NULL,
    auth       TEXT    NOT NULL,
    origin     TEXT    NOT NULL,
    shows_text INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX push_subscriptions_of_user ON push_subscriptions (user);
CREATE INDEX push_subscriptions_of_session ON push_subscriptions (session);

-- Up to which message of a room jobs for pushes have been written.
CREATE TABLE push_rooms (
    room INTEGER PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    seq  INTEGER NOT NULL
) STRICT;

-- The message that the notification of a room on a device shows.
CREATE TABLE push_shown (
    subscription TEXT    NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    room         INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (subscription, room)
) STRICT, WITHOUT ROWID;

-- Until when a user is known to look at some device.
CREATE TABLE push_active (
    user  INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    until INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE push_active;
DROP TABLE push_shown;
DROP TABLE push_rooms;
DROP TABLE push_subscriptions;
DROP TABLE push_keys;
DROP TABLE jobs;
