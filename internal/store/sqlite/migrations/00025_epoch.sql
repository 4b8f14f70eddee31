-- Names what the revs of this database count. A restored backup gets a new name, because
-- its revs count other changes than those that clients have seen. One row.

-- +goose Up
CREATE TABLE epoch (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT    NOT NULL
) STRICT;

INSERT INTO epoch (id, name) VALUES (1, lower(hex(randomblob(8))));

-- +goose Down
DROP TABLE epoch;
