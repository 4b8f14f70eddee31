-- What people see of their sessions, by what a guest's device shows that it is the
-- same, how the first admin comes to be, and what an operator's command has
-- changed that running servers are to act on.

-- +goose Up
-- Sessions come before users, as they do for a server that begins a session.
ALTER TABLE sessions
    ADD COLUMN seen_at bigint NOT NULL DEFAULT 0, -- the last activity; 0: not known
    ADD COLUMN device text NOT NULL DEFAULT ''; -- what began it, in words

ALTER TABLE users ADD COLUMN device_hash text NOT NULL DEFAULT ''; -- of a guest's device; '': none

CREATE TABLE setup_links (
    token_hash text   COLLATE "C" PRIMARY KEY,
    created_at bigint NOT NULL
);

CREATE TABLE account_changes (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "user" bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind   text   NOT NULL
);

CREATE INDEX account_changes_of_user ON account_changes ("user");

-- +goose Down
DROP TABLE account_changes;
DROP TABLE setup_links;
ALTER TABLE users DROP COLUMN device_hash;
ALTER TABLE sessions DROP COLUMN device, DROP COLUMN seen_at;
