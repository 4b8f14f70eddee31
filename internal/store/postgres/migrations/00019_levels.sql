-- What notifies users: a level for each membership, and choices that hold for all of
-- a user's rooms. Servers of the version before ignore both.

-- +goose Up
ALTER TABLE memberships ADD COLUMN level text COLLATE "C" NOT NULL DEFAULT ''; -- '': that of settings

CREATE TABLE settings (
    "user"     bigint           PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    level      text COLLATE "C" NOT NULL, -- of memberships without one
    quiet_from bigint           NOT NULL, -- minutes after midnight
    quiet_to   bigint           NOT NULL,
    zone       text COLLATE "C" NOT NULL, -- of the quiet hours; '': there are none
    rev        bigint           NOT NULL  -- of the user's stream
);

-- +goose Down
DROP TABLE settings;
ALTER TABLE memberships DROP COLUMN level;
