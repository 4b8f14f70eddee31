-- The words of messages, for the search. They are cut by the program, and a tsvector
-- without positions only keeps them. A background task adds messages after their
-- commit: the index of a room has come up to a rev, and everything with a higher rev is
-- still to be added. So a database from before starts with an empty index, which fills
-- while servers run, and servers of an older version need not know of it.

-- +goose Up
CREATE TABLE search_rooms (
    room bigint PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    rev  bigint NOT NULL
) WITH (fillfactor = 50);

-- The number of a document grows with the time of sending; a few messages may share
-- one.
CREATE TABLE search_docs (
    doc   bigint   NOT NULL,
    room  bigint   NOT NULL,
    seq   bigint   NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (doc, room, seq)
);

-- A short list of pending words: whoever fills it has to sort it in.
CREATE INDEX search_docs_by_word ON search_docs USING gin (words) WITH (gin_pending_list_limit = 256);

-- +goose Down
DROP TABLE search_docs;
DROP TABLE search_rooms;
