-- A link into a room ends when the membership of whoever made it ends. The name by
-- which a room of the classic events is joined is no such link: it is the room's.

-- +goose Up
ALTER TABLE invitations ADD COLUMN named INTEGER NOT NULL DEFAULT 0; -- 1: its secret is the name of the room

-- Made together with its room, at the same millisecond.
UPDATE invitations SET named = 1
WHERE created_at = (SELECT created_at FROM rooms r WHERE r.id = room)
    AND guests = 0 AND for_user IS NULL AND max_uses IS NULL AND expires_at IS NULL;

DELETE FROM invitations WHERE room IS NOT NULL AND named = 0
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = invitations.room AND m.user = made_by);

DROP TRIGGER member_went;

-- +goose StatementBegin
CREATE TRIGGER member_went AFTER DELETE ON memberships BEGIN
    UPDATE rooms SET members = members - 1 WHERE id = OLD.room;
    DELETE FROM invitations WHERE room = OLD.room AND made_by = OLD.user AND named = 0;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER member_went;

-- +goose StatementBegin
CREATE TRIGGER member_went AFTER DELETE ON memberships BEGIN
    UPDATE rooms SET members = members - 1 WHERE id = OLD.room;
END;
-- +goose StatementEnd

ALTER TABLE invitations DROP COLUMN named;
