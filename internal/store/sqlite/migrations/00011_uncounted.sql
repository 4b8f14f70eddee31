-- Which messages do not count as unread: notices, and what was deleted. How many of
-- them each block of 4,096 seqs has stands beside, so that counting what is unread
-- reads one block and a row for each later one, whatever lies behind. The writer
-- adds notices; triggers do the rest.

-- +goose Up
CREATE TABLE uncounted (
    room INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE uncounted_blocks (
    room  INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    block INTEGER NOT NULL, -- of seqs from 4,096 × block on
    n     INTEGER NOT NULL, -- how many rows uncounted has of it
    PRIMARY KEY (room, block)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER uncounted_came AFTER INSERT ON uncounted BEGIN
    INSERT INTO uncounted_blocks (room, block, n) VALUES (NEW.room, NEW.seq / 4096, 1)
    ON CONFLICT (room, block) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER message_deleted AFTER UPDATE OF deleted ON messages WHEN NEW.deleted > OLD.deleted BEGIN
    INSERT INTO uncounted (room, seq) VALUES (NEW.room, NEW.seq) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd

INSERT INTO uncounted (room, seq) SELECT room, seq FROM messages WHERE kind = 'notice' OR deleted = 1;

DROP INDEX notices;

-- +goose Down
CREATE INDEX notices ON messages (room, seq) WHERE kind = 'notice';
DROP TRIGGER message_deleted;
DROP TABLE uncounted;
DROP TABLE uncounted_blocks;
