-- Rooms and users have streams: every durable change takes the next rev of its
-- stream. What is there carries its rev in its row, and what has gone in a log. Rows
-- from before have the rev 0, and users without a head, too.
--
-- A server of this version takes the revs itself, and says so by the setting
-- partychat.streams of its connections. Triggers take them for all others: for the
-- servers of the version before, and for whoever writes by hand.

-- +goose Up
-- In the order in which a send takes the tables.
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;

-- Written at each move of a read position: with room on its page the new version of
-- a row stays there, and no index has to hear of it. Whoever takes a row takes no
-- other lock afterwards but those of more heads, in the order of their users.
CREATE TABLE user_heads (
    "user"      bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    rev         bigint NOT NULL,
    floor       bigint NOT NULL DEFAULT 0, -- up to it, rows of the log may have been removed
    account_rev bigint NOT NULL DEFAULT 0  -- of the last change of the user's kind, role or ban
) WITH (fillfactor = 50);

ALTER TABLE memberships
    ADD COLUMN rev bigint NOT NULL DEFAULT 0, -- of the user's stream
    ADD COLUMN room_rev bigint NOT NULL DEFAULT 0; -- of the room's

CREATE INDEX members_by_rev ON memberships (room, room_rev) WHERE room_rev > 0;

ALTER TABLE rooms
    ADD COLUMN changed_rev bigint NOT NULL DEFAULT 0, -- of the last change of the name or topic
    ADD COLUMN floor bigint NOT NULL DEFAULT 0,
    ADD COLUMN wakes bigint NOT NULL DEFAULT 0; -- the highest hidden_until of its members; kept by triggers

ALTER TABLE invitations ADD COLUMN rev bigint NOT NULL DEFAULT 0; -- of the stream of for_user

ALTER TABLE account_changes ADD COLUMN rev bigint NOT NULL DEFAULT 0; -- of a change of the role

-- Who is no member any more, and why.
CREATE TABLE room_log (
    room   bigint NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    "user" bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    rev    bigint NOT NULL,
    reason text   NOT NULL,
    PRIMARY KEY (room, "user")
);

CREATE INDEX room_log_of_user ON room_log ("user");

-- What has gone from a user: the kind is room, invitation or session, and the
-- subject its id.
CREATE TABLE user_log (
    "user"  bigint           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind    text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    rev     bigint           NOT NULL,
    reason  text             NOT NULL,
    PRIMARY KEY ("user", kind, subject)
);

UPDATE rooms r SET wakes = m.hidden_until FROM memberships m WHERE m.room = r.id AND m.hidden_until > r.seq;

-- +goose StatementBegin
CREATE FUNCTION take_rev(who bigint) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO user_heads AS h ("user", rev) VALUES (who, 1)
    ON CONFLICT ("user") DO UPDATE SET rev = h.rev + 1
    RETURNING rev
$$;
-- +goose StatementEnd

-- A message that brings a conversation back into somebody's list takes a rev of that
-- user's stream: for all servers, since only the head that it moves tells of it.
-- +goose StatementBegin
CREATE FUNCTION conversation_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rooms SET wakes = NEW.hidden_until WHERE id = NEW.room AND wakes < NEW.hidden_until;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER conversation_hidden AFTER INSERT OR UPDATE OF hidden_until ON memberships FOR EACH ROW
    WHEN (NEW.hidden_until > 0) EXECUTE FUNCTION conversation_hidden();

-- +goose StatementBegin
CREATE FUNCTION conversation_shown() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who bigint;
    next bigint;
BEGIN
    FOR who IN SELECT m."user" FROM memberships m
        WHERE m.room = NEW.id AND m.hidden_until > OLD.seq AND m.hidden_until <= NEW.seq
        ORDER BY m."user" FOR NO KEY UPDATE
    LOOP
        next := take_rev(who);
        UPDATE memberships SET rev = next WHERE room = NEW.id AND "user" = who;
        DELETE FROM user_log WHERE "user" = who AND kind = 'room' AND subject = NEW.id::text;
    END LOOP;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER conversation_shown AFTER UPDATE OF seq ON rooms FOR EACH ROW
    WHEN (NEW.wakes > OLD.seq AND NEW.wakes <= NEW.seq) EXECUTE FUNCTION conversation_shown();

-- From here on, what a server of the version before does.
-- +goose StatementBegin
CREATE FUNCTION older_member_came() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next_of_room bigint := 0;
    next bigint := 0;
BEGIN
    IF NEW.peer IS NULL THEN
        UPDATE rooms SET rev = rev + 1 WHERE id = NEW.room RETURNING rev INTO next_of_room;
        DELETE FROM room_log WHERE room = NEW.room AND "user" = NEW."user";
    END IF;
    IF NEW.hidden_until = 0 THEN
        next := take_rev(NEW."user");
        DELETE FROM user_log WHERE "user" = NEW."user" AND kind = 'room' AND subject = NEW.room::text;
    END IF;
    UPDATE memberships SET rev = next, room_rev = next_of_room WHERE room = NEW.room AND "user" = NEW."user";
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_member_came AFTER INSERT ON memberships FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '') EXECUTE FUNCTION older_member_came();

-- +goose StatementBegin
CREATE FUNCTION older_member_gone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next bigint;
    why text := CASE WHEN TG_TABLE_NAME = 'room_bans' THEN 'banned' ELSE 'left' END;
    at record;
BEGIN
    IF TG_OP = 'DELETE' THEN at := OLD; ELSE at := NEW; END IF;
    UPDATE rooms SET rev = rev + 1 WHERE id = at.room RETURNING rev INTO next;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM users WHERE id = at."user") THEN
        RETURN NULL;
    END IF;
    INSERT INTO room_log (room, "user", rev, reason) VALUES (at.room, at."user", next, why)
    ON CONFLICT (room, "user") DO UPDATE SET rev = excluded.rev, reason = excluded.reason;
    next := take_rev(at."user");
    INSERT INTO user_log ("user", kind, subject, rev, reason) VALUES (at."user", 'room', at.room::text, next, why)
    ON CONFLICT ("user", kind, subject) DO UPDATE SET rev = excluded.rev, reason = excluded.reason;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_member_gone AFTER DELETE ON memberships FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '') EXECUTE FUNCTION older_member_gone();

CREATE TRIGGER older_ban AFTER INSERT ON room_bans FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '') EXECUTE FUNCTION older_member_gone();

-- A read position that moves by the user's own message is on no stream.
-- +goose StatementBegin
CREATE FUNCTION older_read() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next bigint;
BEGIN
    IF EXISTS (SELECT FROM messages WHERE room = NEW.room AND seq = NEW.read_seq AND author = NEW."user") THEN
        RETURN NULL;
    END IF;
    next := take_rev(NEW."user");
    UPDATE memberships SET rev = next WHERE room = NEW.room AND "user" = NEW."user";
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_read AFTER UPDATE OF read_seq ON memberships FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '' AND NEW.read_seq <> OLD.read_seq) EXECUTE FUNCTION older_read();

-- +goose StatementBegin
CREATE FUNCTION older_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head bigint := (SELECT seq FROM rooms WHERE id = NEW.room);
    next bigint;
BEGIN
    IF (NEW.hidden_until > head) = (OLD.hidden_until > head) THEN
        RETURN NULL;
    END IF;
    next := take_rev(NEW."user");
    IF NEW.hidden_until > head THEN
        INSERT INTO user_log ("user", kind, subject, rev, reason) VALUES (NEW."user", 'room', NEW.room::text, next, 'left')
        ON CONFLICT ("user", kind, subject) DO UPDATE SET rev = excluded.rev, reason = excluded.reason;
    ELSE
        UPDATE memberships SET rev = next WHERE room = NEW.room AND "user" = NEW."user";
        DELETE FROM user_log WHERE "user" = NEW."user" AND kind = 'room' AND subject = NEW.room::text;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_hidden AFTER UPDATE OF hidden_until ON memberships FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '') EXECUTE FUNCTION older_hidden();

-- +goose StatementBegin
CREATE FUNCTION older_room_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rooms SET rev = rev + 1, changed_rev = rev + 1 WHERE id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_room_changed AFTER UPDATE OF name, topic ON rooms FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '' AND (NEW.name <> OLD.name OR NEW.topic <> OLD.topic))
    EXECUTE FUNCTION older_room_changed();

-- +goose StatementBegin
CREATE FUNCTION older_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO user_heads AS h ("user", rev, account_rev) VALUES (NEW.id, 1, 1)
    ON CONFLICT ("user") DO UPDATE SET rev = h.rev + 1, account_rev = h.rev + 1;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_account AFTER UPDATE OF kind, role, banned ON users FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = ''
        AND (NEW.kind <> OLD.kind OR NEW.role <> OLD.role OR NEW.banned <> OLD.banned))
    EXECUTE FUNCTION older_account();

-- +goose StatementBegin
CREATE FUNCTION older_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        next := take_rev(NEW.for_user);
        UPDATE invitations SET rev = next WHERE id = NEW.id;
        RETURN NULL;
    END IF;
    IF OLD.uses > 0 OR NOT EXISTS (SELECT FROM users WHERE id = OLD.for_user) THEN
        RETURN NULL;
    END IF;
    next := take_rev(OLD.for_user);
    INSERT INTO user_log ("user", kind, subject, rev, reason) VALUES (OLD.for_user, 'invitation', OLD.id::text, next, '')
    ON CONFLICT ("user", kind, subject) DO UPDATE SET rev = excluded.rev;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER older_invitation_made AFTER INSERT ON invitations FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '' AND NEW.for_user IS NOT NULL) EXECUTE FUNCTION older_invitation();

CREATE TRIGGER older_invitation_gone AFTER DELETE ON invitations FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '' AND OLD.for_user IS NOT NULL) EXECUTE FUNCTION older_invitation();

CREATE TRIGGER older_invitation_used AFTER UPDATE OF uses ON invitations FOR EACH ROW
    WHEN (coalesce(current_setting('partychat.streams', true), '') = '' AND OLD.for_user IS NOT NULL) EXECUTE FUNCTION older_invitation();
