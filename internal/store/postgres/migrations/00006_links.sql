-- A link into a room ends when the membership of whoever made it ends. The name by
-- which a room of the classic events is joined is no such link: it is the room's.

-- +goose Up
ALTER TABLE invitations ADD COLUMN named boolean NOT NULL DEFAULT false; -- its secret is the name of the room

-- Made together with its room, at the same millisecond.
UPDATE invitations i SET named = true FROM rooms r
WHERE r.id = i.room AND i.created_at = r.created_at AND NOT i.guests AND i.for_user IS NULL AND i.max_uses IS NULL AND i.expires_at IS NULL;

-- Also where a server of the version before ends the membership.
-- +goose StatementBegin
CREATE FUNCTION member_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM invitations WHERE room = OLD.room AND made_by = OLD."user" AND NOT named;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER member_went AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION member_went();

DELETE FROM invitations i WHERE room IS NOT NULL AND NOT named
    AND NOT EXISTS (SELECT FROM memberships m WHERE m.room = i.room AND m."user" = i.made_by);

-- +goose Down
DROP TRIGGER member_went ON memberships;
DROP FUNCTION member_went;
ALTER TABLE invitations DROP COLUMN named;
