-- A list of rooms is read from the index alone, whenever a client connects. Read positions
-- are not in it, because they move often.

-- +goose Up
DROP INDEX rooms_of_user;
CREATE INDEX rooms_of_user ON memberships (user, room, room_rev, peer, hidden_until);

-- +goose Down
DROP INDEX rooms_of_user;
CREATE INDEX rooms_of_user ON memberships (user, room);
