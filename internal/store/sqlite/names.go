package sqlite

import (
	"context"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// named is a table of rows with names, and the tables derived from the names.
type named struct {
	unkeyed, keyed                string // those whose name is new, and that it no longer is
	forgetParts, addPart          string
	looks, alike, drop, add, keep string
}

const (
	sqlUnkeyedRooms    = `SELECT id, name FROM rooms WHERE kind = 'public' AND keyed_name IS NOT name AND id > ?1 ORDER BY id LIMIT ?2`
	sqlKeyedRoom       = `UPDATE rooms SET keyed_name = ?2 WHERE id = ?1`
	sqlForgetRoomParts = `DELETE FROM room_parts WHERE room = ?1`
	sqlAddRoomPart     = `INSERT INTO room_parts (rank, tail, room) VALUES (?1, ?2, ?3)`
	sqlLooksOfRoom     = `SELECT look FROM room_looks WHERE room = ?1`
	sqlRoomsAlike      = `SELECT EXISTS (SELECT 1 FROM room_looks WHERE look = ?1 AND room <> ?2)`
	sqlDropRoomLook    = `DELETE FROM room_looks WHERE room = ?1 AND look = ?2`
	sqlAddRoomLook     = `INSERT INTO room_looks (look, owner, room) VALUES (?1, 0, ?2)`
	sqlKeepRoomLook    = `INSERT INTO room_looks (look, owner, room) VALUES (?1, ?2, ?2)`

	sqlUnkeyedUsers    = `SELECT id, username FROM users WHERE keyed_name IS NOT username AND id > ?1 ORDER BY id LIMIT ?2`
	sqlKeyedUser       = `UPDATE users SET keyed_name = ?2 WHERE id = ?1`
	sqlForgetUserParts = `DELETE FROM user_parts WHERE user = ?1`
	sqlAddUserPart     = `INSERT INTO user_parts (rank, tail, user) VALUES (?1, ?2, ?3)`
	sqlLooksOfUser     = `SELECT look FROM user_looks WHERE user = ?1`
	sqlUsersAlike      = `SELECT EXISTS (SELECT 1 FROM user_looks WHERE look = ?1 AND user <> ?2)`
	sqlDropUserLook    = `DELETE FROM user_looks WHERE user = ?1 AND look = ?2`
	sqlAddUserLook     = `INSERT INTO user_looks (look, owner, user) VALUES (?1, 0, ?2)`
	sqlKeepUserLook    = `INSERT INTO user_looks (look, owner, user) VALUES (?1, ?2, ?2)`
)

var (
	namedRooms = named{
		sqlUnkeyedRooms, sqlKeyedRoom, sqlForgetRoomParts, sqlAddRoomPart,
		sqlLooksOfRoom, sqlRoomsAlike, sqlDropRoomLook, sqlAddRoomLook, sqlKeepRoomLook,
	}
	namedUsers = named{
		sqlUnkeyedUsers, sqlKeyedUser, sqlForgetUserParts, sqlAddUserPart,
		sqlLooksOfUser, sqlUsersAlike, sqlDropUserLook, sqlAddUserLook, sqlKeepUserLook,
	}
)

// put gives the row its name, unless another row's name looks like it.
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
	return true, n.write(tx, id, name, has, wants, func(look string) error {
		_, err := tx.exec(n.add, look, id)
		return err
	})
}

// keyOld adds what is missing for a row that has its name already, even if another
// name looks like it.
func (n named) keyOld(tx *tx, id int64, name string) error {
	has, err := n.looksOf(tx, id)
	if err != nil {
		return err
	}
	return n.write(tx, id, name, has, naming.Looks(name), func(look string) error {
		_, err := tx.exec(n.keep, look, id)
		return err
	})
}

func (n named) looksOf(tx *tx, id int64) (looks []string, err error) {
	err = tx.each(n.looks, []any{id}, func(r scanner) error {
		var look string
		err := r.Scan(&look)
		looks = append(looks, look)
		return err
	})
	return looks, err
}

func (n named) write(tx *tx, id int64, name string, has, wants []string, add func(look string) error) error {
	for _, look := range has {
		if !slices.Contains(wants, look) {
			if _, err := tx.exec(n.drop, id, look); err != nil {
				return err
			}
		}
	}
	for _, look := range wants {
		if !slices.Contains(has, look) {
			if err := add(look); err != nil {
				return err
			}
		}
	}
	if _, err := tx.exec(n.forgetParts, id); err != nil {
		return err
	}
	for _, part := range chat.NameParts(naming.SearchKey(name)) {
		if _, err := tx.exec(n.addPart, part.Rank, part.Key, id); err != nil {
			return err
		}
	}
	_, err := tx.exec(n.keyed, id, name)
	return err
}

// keyBatch is the number of names per transaction, so that an interruption loses
// little work.
const keyBatch = 500

// keyNames adds what is missing for existing names, which an older version has
// written.
func (s *core) keyNames(ctx context.Context) error {
	for _, table := range []named{namedRooms, namedUsers} {
		for last, done := int64(0), false; !done; {
			err := s.write(ctx, func(tx *tx) error {
				var list []idName
				err := tx.each(table.unkeyed, []any{last, keyBatch}, func(r scanner) error {
					var row idName
					err := r.Scan(&row.id, &row.name)
					list = append(list, row)
					return err
				})
				for _, row := range list {
					if err == nil {
						err = table.keyOld(tx, row.id, row.name)
						last = row.id
					}
				}
				done = len(list) < keyBatch
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

type idName struct {
	id   int64
	name string
}
