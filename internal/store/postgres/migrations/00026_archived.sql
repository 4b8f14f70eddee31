-- Rooms can be archived. A room that was deleted keeps its row, with the kind deleted.

-- +goose Up
ALTER TABLE rooms ADD COLUMN archived_at bigint NOT NULL DEFAULT 0; -- 0: it is not archived

-- Links of members go with their memberships, but not when the room itself is deleted, which
-- holds its lock: somebody may have locked a link and wait for the room.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION member_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM rooms WHERE id = OLD.room AND kind <> 'deleted') THEN
        DELETE FROM invitations WHERE room = OLD.room AND made_by = OLD."user" AND NOT named;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION member_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM invitations WHERE room = OLD.room AND made_by = OLD."user" AND NOT named;
    RETURN NULL;
END $$;
-- +goose StatementEnd
ALTER TABLE rooms DROP COLUMN archived_at;
