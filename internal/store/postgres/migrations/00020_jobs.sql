-- Jobs, side effects that must happen, and the devices that receive pushes.

-- +goose Up
CREATE TABLE jobs (
    kind       text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL, -- what it is about; a newer job replaces one with the same key
    payload    text             NOT NULL,
    due_at     bigint           NOT NULL, -- of a leased job: the end of the lease
    expires_at bigint           NOT NULL, -- it is dropped after this
    created_at bigint           NOT NULL,
    lease      bigint           NOT NULL DEFAULT 0, -- identifies the worker that runs it; 0: none
    version    bigint           NOT NULL DEFAULT 1, -- counts the replacements
    attempts   bigint           NOT NULL DEFAULT 0,
    failure    text             NOT NULL DEFAULT '', -- of the last attempt
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 50);

CREATE INDEX jobs_due ON jobs (due_at);

-- The key pair by which push services recognise this server (RFC 8292). One row.
CREATE TABLE push_keys (
    id         bigint PRIMARY KEY CHECK (id = 1),
    public     text   NOT NULL,
    private    text   NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE push_subscriptions (
    id         text COLLATE "C" PRIMARY KEY, -- a hash of the endpoint
    "user"     bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session    text COLLATE "C" NOT NULL, -- a log-out of it deletes the subscription
    endpoint   text             NOT NULL,
    p256dh     text             NOT NULL,
    auth       text             NOT NULL,
    origin     text             NOT NULL,
    shows_text boolean          NOT NULL DEFAULT true,
    created_at bigint           NOT NULL,
    renewed_at bigint           NOT NULL
);

CREATE INDEX push_subscriptions_of_user ON push_subscriptions ("user");
CREATE INDEX push_subscriptions_of_session ON push_subscriptions (session);

-- Up to which message of a room jobs for pushes have been written.
CREATE TABLE push_rooms (
    room bigint PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    seq  bigint NOT NULL
) WITH (fillfactor = 50);

-- The message that the notification of a room on a device shows.
CREATE TABLE push_shown (
    subscription text COLLATE "C" NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    room         bigint           NOT NULL,
    seq          bigint           NOT NULL,
    PRIMARY KEY (subscription, room)
);

-- Until when a user is known to look at some device.
CREATE TABLE push_active (
    "user" bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    until  bigint NOT NULL
) WITH (fillfactor = 50);

-- +goose Down
DROP TABLE push_active;
DROP TABLE push_shown;
DROP TABLE push_rooms;
DROP TABLE push_subscriptions;
DROP TABLE push_keys;
DROP TABLE jobs;
