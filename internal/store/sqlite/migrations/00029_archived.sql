-- Rooms can be archived. A room that was deleted keeps its row, with the kind deleted.

-- +goose Up
ALTER TABLE rooms ADD COLUMN archived_at INTEGER NOT NULL DEFAULT 0; -- 0: it is not archived

-- +goose Down
ALTER TABLE rooms DROP COLUMN archived_at;
