-- The search key of a name stands beside the name: names that begin with a text,
-- and lists of all names, are read from one index, without a look at a second table
-- for each of them.

-- +goose Up
ALTER TABLE rooms ADD COLUMN search_key text COLLATE "C"; -- of keyed_name
ALTER TABLE users ADD COLUMN search_key text COLLATE "C";

UPDATE rooms SET search_key = p.tail FROM room_parts p WHERE p.rank = 0 AND p.room = rooms.id;
UPDATE users SET search_key = p.tail FROM user_parts p WHERE p.rank = 0 AND p."user" = users.id;
DELETE FROM room_parts WHERE rank = 0;
DELETE FROM user_parts WHERE rank = 0;

CREATE INDEX public_rooms_by_search ON rooms (search_key, id) WHERE kind = 'public';
CREATE INDEX users_by_search ON users (search_key, id);
