-- What was there before the triggers of 00007. It goes room by room and block by
-- block, a transaction each, so that nobody waits for it; done again, it changes
-- nothing. The index notices stays for the servers of the version before.

-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    one record;
    start bigint;
BEGIN
    FOR one IN SELECT id, seq FROM rooms WHERE seq > 0 LOOP
        start := 0;
        WHILE start <= one.seq LOOP
            INSERT INTO uncounted (room, seq)
            SELECT room, seq FROM messages
            WHERE room = one.id AND seq >= start AND seq < start + 65536 AND (kind = 'notice' OR deleted)
            ORDER BY seq
            ON CONFLICT DO NOTHING;
            COMMIT;
            start := start + 65536;
        END LOOP;
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
DELETE FROM uncounted_blocks;
DELETE FROM uncounted;
