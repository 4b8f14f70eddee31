-- Links that lead into a room, or into a conversation with whoever made them.

-- +goose Up
CREATE TABLE invitations (
    id         INTEGER PRIMARY KEY,
    token_hash TEXT    NOT NULL UNIQUE,
    room       INTEGER REFERENCES rooms (id) ON DELETE CASCADE, -- NULL: a conversation
    made_by    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    for_user   INTEGER REFERENCES users (id) ON DELETE CASCADE, -- NULL: for whoever has the link
    guests     INTEGER NOT NULL,
    uses       INTEGER NOT NULL DEFAULT 0,
    max_uses   INTEGER, -- NULL: any number
    created_at INTEGER NOT NULL,
    expires_at INTEGER -- NULL: never
) STRICT;

CREATE INDEX invitations_of_room ON invitations (room, made_by);
CREATE INDEX invitations_of_user ON invitations (made_by);
CREATE INDEX invitations_for_user ON invitations (for_user) WHERE for_user IS NOT NULL;
CREATE INDEX invitations_by_expiry ON invitations (expires_at) WHERE expires_at IS NOT NULL;

-- +goose Down
DROP TABLE invitations;
