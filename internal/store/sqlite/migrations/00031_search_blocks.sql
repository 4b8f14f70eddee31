-- The words of the search are now kept for blocks of messages that were sent one after
-- another, instead of for each message. Blocks have small numbers, whose differences
-- need a byte or two in the index; a frequent word stands in a block once. The index
-- fills again while the server runs.

-- +goose Up
DROP TABLE search_words;
DELETE FROM search_docs;
DELETE FROM search_rooms;

-- A block has the messages with places from its first one up to that of the next
-- block. The order of numbers is that of places.
CREATE TABLE search_blocks (
    first INTEGER PRIMARY KEY,
    doc   INTEGER NOT NULL UNIQUE
) STRICT;

CREATE VIRTUAL TABLE search_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none, prefix = '2 3'
);

-- +goose Down
DROP TABLE search_words;
DROP TABLE search_blocks;
DELETE FROM search_docs;
DELETE FROM search_rooms;
CREATE VIRTUAL TABLE search_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none, prefix = '2 3'
);
