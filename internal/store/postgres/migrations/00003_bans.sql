-- Who is kept out of a room, or of the whole server. Nobody is a member of a room
-- and banned from it.

-- +goose Up
-- Whether a user is banned from the server is asked with each user that is read:
-- it stands beside the name. Whoever changes it has locked the user's row.
-- It comes first, because it needs the table for itself: behind the references
-- below, which hold up sends, it would wait for a send that waits for them.
ALTER TABLE users ADD COLUMN banned boolean NOT NULL DEFAULT false;

CREATE TABLE room_bans (
    room        bigint           NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    "user"      bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    folded_name text COLLATE "C" NOT NULL, -- the user's, so that an index gives the bans in order
    made_by     bigint           NOT NULL REFERENCES users (id),
    made_at     bigint           NOT NULL,
    PRIMARY KEY (room, "user")
);

CREATE UNIQUE INDEX room_bans_by_name ON room_bans (room, folded_name);
CREATE INDEX room_bans_of_user ON room_bans ("user");
CREATE INDEX room_bans_by_maker ON room_bans (made_by);

CREATE TABLE server_bans (
    "user"      bigint           PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    folded_name text COLLATE "C" NOT NULL UNIQUE,
    made_by     bigint           NOT NULL REFERENCES users (id),
    made_at     bigint           NOT NULL
);

CREATE INDEX server_bans_by_maker ON server_bans (made_by);

-- +goose Down
ALTER TABLE users DROP COLUMN banned;
DROP TABLE server_bans;
DROP TABLE room_bans;
