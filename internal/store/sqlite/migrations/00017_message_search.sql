-- The words of messages, for the search. They are cut by the program, and FTS5 only
-- keeps them. A background task adds messages after their commit: the index of a room
-- has come up to a rev, and everything with a higher rev is still to be added. So a
-- database from before starts with an empty index, which fills while the server runs.

-- +goose Up
CREATE TABLE search_rooms (
    room INTEGER PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    rev  INTEGER NOT NULL
) STRICT;

-- Which messages a row of search_words is about: almost always one. The number grows
-- with the time of sending.
CREATE TABLE search_docs (
    doc  INTEGER NOT NULL,
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (doc, room, seq)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none, prefix = '2 3'
);

-- +goose Down
DROP TABLE search_words;
DROP TABLE search_docs;
DROP TABLE search_rooms;
