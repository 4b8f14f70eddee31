package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// named is a table of rows with names, and the tables derived from the names.
type named struct {
	unkeyed, keyed           string // those whose name is new, and that it no longer is
	forgetParts, addParts    string
	looks, alike             string
	drop, add, dropAll, keep string
}

const (
	// Servers that start at the same time share the work.
	sqlUnkeyedRooms = `
SELECT id, name FROM rooms WHERE kind = 'public' AND keyed_name IS DISTINCT FROM name AND id > $1
ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`
	sqlKeyedRoom = `
UPDATE rooms SET keyed_name = k.name, search_key = k.key
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (id, name, key) WHERE rooms.id = k.id`
	sqlForgetRoomParts  = `DELETE FROM room_parts WHERE room = ANY ($1)`
	sqlAddRoomParts     = `INSERT INTO room_parts (rank, tail, room) SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[])`
	sqlLooksOfRoom      = `SELECT look FROM room_looks WHERE room = $1`
	sqlRoomsAlike       = `SELECT EXISTS (SELECT FROM room_looks WHERE look = $1 AND room <> $2)`
	sqlDropRoomLook     = `DELETE FROM room_looks WHERE room = $1 AND look = $2`
	sqlAddRoomLook      = `INSERT INTO room_looks (look, owner, room) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING`
	sqlDropAllRoomLooks = `DELETE FROM room_looks WHERE room = ANY ($1)`
	sqlKeepRoomLooks    = `INSERT INTO room_looks (look, owner, room) SELECT look, id, id FROM unnest($1::text[], $2::bigint[]) AS l (look, id)`

	sqlUnkeyedUsers = `
SELECT id, username FROM users WHERE keyed_name IS DISTINCT FROM username AND id > $1
ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`
	sqlKeyedUser = `
UPDATE users SET keyed_name = k.name, search_key = k.key
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (id, name, key) WHERE users.id = k.id`
	sqlForgetUserParts  = `DELETE FROM user_parts WHERE "user" = ANY ($1)`
	sqlAddUserParts     = `INSERT INTO user_parts (rank, tail, "user") SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[])`
	sqlLooksOfUser      = `SELECT look FROM user_looks WHERE "user" = $1`
	sqlUsersAlike       = `SELECT EXISTS (SELECT FROM user_looks WHERE look = $1 AND "user" <> $2)`
	sqlDropUserLook     = `DELETE FROM user_looks WHERE "user" = $1 AND look = $2`
	sqlAddUserLook      = `INSERT INTO user_looks (look, owner, "user") VALUES ($1, 0, $2) ON CONFLICT DO NOTHING`
	sqlDropAllUserLooks = `DELETE FROM user_looks WHERE "user" = ANY ($1)`
	sqlKeepUserLooks    = `INSERT INTO user_looks (look, owner, "user") SELECT look, id, id FROM unnest($1::text[], $2::bigint[]) AS l (look, id)`
)

var (
	namedRooms = named{
		sqlUnkeyedRooms, sqlKeyedRoom, sqlForgetRoomParts, sqlAddRoomParts,
		sqlLooksOfRoom, sqlRoomsAlike, sqlDropRoomLook, sqlAddRoomLook, sqlDropAllRoomLooks, sqlKeepRoomLooks,
	}
	namedUsers = named{
		sqlUnkeyedUsers, sqlKeyedUser, sqlForgetUserParts, sqlAddUserParts,
		sqlLooksOfUser, sqlUsersAlike, sqlDropUserLook, sqlAddUserLook, sqlDropAllUserLooks, sqlKeepUserLooks,
	}
)

// put gives the row its name, unless another row's name looks like it. Of two
// concurrent calls, the second waits for the first.
func (n named) put(tx *tx, id int64, name string) (free bool, err error) {
	has, err := n.looksOf(tx, id)
	if err != nil {
		return false, err
	}
	wants := naming.Looks(name)
	for _, look := range wants {
		if slices.Contains(has, look) {
			continue // even if that row is older than the comparison of looks
		}
		var taken bool
		if err := tx.row(n.alike, []any{look, id}, &taken); err != nil || taken {
			return false, err
		}
	}
	for _, look := range has {
		if !slices.Contains(wants, look) {
			if _, err := tx.exec(n.drop, id, look); err != nil {
				return false, err
			}
		}
	}
	for _, look := range wants {
		if slices.Contains(has, look) {
			continue
		}
		if added, err := tx.exec(n.add, look, id); err != nil || added == 0 {
			return false, err
		}
	}
	return true, n.key(tx, idName{id, name})
}

// key writes the search keys of rows and their parts.
func (n named) key(tx *tx, rows ...idName) error {
	var ids, partIDs []int64
	var list, keys, tails []string
	var ranks []int32
	for _, row := range rows {
		key := naming.SearchKey(row.name)
		ids, list, keys = append(ids, row.id), append(list, row.name), append(keys, key)
		for _, part := range chat.NameParts(key)[1:] { // the first is the key
			ranks, tails, partIDs = append(ranks, int32(part.Rank)), append(tails, part.Key), append(partIDs, row.id)
		}
	}
	if _, err := tx.exec(n.forgetParts, ids); err != nil {
		return err
	}
	if _, err := tx.exec(n.addParts, ranks, tails, partIDs); err != nil {
		return err
	}
	_, err := tx.exec(n.keyed, ids, list, keys)
	return err
}

// keyOld adds what is missing for rows that have their names already, even if other
// names look like them.
func (n named) keyOld(tx *tx, rows []idName) error {
	var ids, owners []int64
	var looks []string
	for _, row := range rows {
		ids = append(ids, row.id)
		for _, look := range naming.Looks(row.name) {
			owners, looks = append(owners, row.id), append(looks, look)
		}
	}
	if _, err := tx.exec(n.dropAll, ids); err != nil {
		return err
	}
	if _, err := tx.exec(n.keep, looks, owners); err != nil {
		return err
	}
	return n.key(tx, rows...)
}

func (n named) looksOf(tx *tx, id int64) (looks []string, err error) {
	err = tx.each(n.looks, []any{id}, func(r pgx.Rows) error {
		var look string
		err := r.Scan(&look)
		looks = append(looks, look)
		return err
	})
	return looks, err
}

// keyBatch is the number of names per transaction, so that an interruption loses
// little work and rooms are only locked briefly.
const keyBatch = 500

// keyNames adds what is missing for existing names, which servers of an older
// version have written. It skips names that another server is working on.
func (s *core) keyNames(ctx context.Context) error {
	for _, table := range []named{namedRooms, namedUsers} {
		for last, done := int64(0), false; !done; {
			next := last
			err := s.write(ctx, func(tx *tx) error {
				next = last // the transaction may be retried
				var list []idName
				err := tx.each(table.unkeyed, []any{last, keyBatch}, func(r pgx.Rows) error {
					var one idName
					err := r.Scan(&one.id, &one.name)
					list = append(list, one)
					return err
				})
				done = len(list) < keyBatch
				if err != nil || len(list) == 0 {
					return err
				}
				next = list[len(list)-1].id
				return table.keyOld(tx, list)
			})
			if err != nil {
				return err
			}
			last = next
		}
	}
	return nil
}

type idName struct {
	id   int64
	name string
}
