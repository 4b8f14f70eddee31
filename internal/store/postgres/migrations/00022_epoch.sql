-- Names what the revs of this database count. A restored backup gets a new name, because
-- its revs count other changes than those that clients have seen. One row.

-- +goose Up
CREATE TABLE epoch (
    id   bigint PRIMARY KEY CHECK (id = 1),
    name text   NOT NULL
);

INSERT INTO epoch (id, name) VALUES (1, substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 17));

-- +goose Down
DROP TABLE epoch;
