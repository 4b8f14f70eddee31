-- Which messages do not count as unread: notices, and what was deleted. How many of
-- them each block of 4,096 seqs has stands beside, so that counting what is unread
-- reads one block and a row for each later one, whatever lies behind. Triggers
-- keep both, also for the servers of the version before.

-- +goose Up
CREATE TABLE uncounted (
    room bigint NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq  bigint NOT NULL,
    PRIMARY KEY (room, seq)
);

CREATE TABLE uncounted_blocks (
    room  bigint NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    block bigint NOT NULL, -- of seqs from 4,096 × block on
    n     bigint NOT NULL, -- how many rows uncounted has of it
    PRIMARY KEY (room, block)
) WITH (fillfactor = 50);

-- +goose StatementBegin
CREATE FUNCTION uncounted_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO uncounted_blocks AS b (room, block, n) VALUES (NEW.room, NEW.seq / 4096, 1)
    ON CONFLICT (room, block) DO UPDATE SET n = b.n + 1;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER uncounted_came AFTER INSERT ON uncounted FOR EACH ROW EXECUTE FUNCTION uncounted_came();

-- +goose StatementBegin
CREATE FUNCTION message_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO uncounted (room, seq) VALUES (NEW.room, NEW.seq) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER notice_came AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.kind = 'notice' OR NEW.deleted) EXECUTE FUNCTION message_uncounted();

CREATE TRIGGER message_deleted AFTER UPDATE OF deleted ON messages FOR EACH ROW
    WHEN (NEW.deleted AND NOT OLD.deleted) EXECUTE FUNCTION message_uncounted();

-- +goose Down
DROP TRIGGER message_deleted ON messages;
DROP TRIGGER notice_came ON messages;
DROP TABLE uncounted;
DROP TABLE uncounted_blocks;
DROP FUNCTION message_uncounted;
DROP FUNCTION uncounted_came;
