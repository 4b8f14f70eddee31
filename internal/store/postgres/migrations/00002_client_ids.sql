-- Ids that begin with the time, as those of our client, are put in side by side
-- for a whole room, not author by author: a transaction writes fewer pages.

-- +goose Up
DROP INDEX messages_by_client_id;
CREATE UNIQUE INDEX messages_by_client_id ON messages (room, client_id, author);

-- +goose Down
DROP INDEX messages_by_client_id;
CREATE UNIQUE INDEX messages_by_client_id ON messages (room, author, client_id);
