package postgres

import (
	"partychat/internal/naming"
	"partychat/internal/store/sqlstore"
)

var derivedNames = sqlstore.Names{Rooms: rooms.derived(), Users: users.derived()}

var (
	rooms = table{
		rows: "rooms", named: "name", display: "''", only: "kind = 'public' AND ", parts: "room_parts", looks: "room_looks", id: "room",
	}
	users = table{rows: "users", named: "username", display: "display_name", parts: "user_parts", looks: "user_looks", id: `"user"`}
)

// table names a table of rows with names, and what is derived from the names.
type table struct {
	rows, named, only string
	display           string // a column with another name that is searched, or ''
	parts, looks, id  string
}

func (t table) forgetParts() string {
	return `DELETE FROM ` + t.parts + ` WHERE ` + t.id + ` = ANY ($1)`
}

func (t table) derived() sqlstore.NamedTable {
	return sqlstore.NamedTable{
		// Servers that start at the same time share the work.
		Unkeyed: `
SELECT id, ` + t.named + `, ` + t.display + ` FROM ` + t.rows + ` WHERE ` + t.only + `keyed_name IS DISTINCT FROM ` + t.named + ` AND id > $1
ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
		Looks: `SELECT look FROM ` + t.looks + ` WHERE ` + t.id + ` = $1`,
		Alike: `SELECT EXISTS (SELECT 1 FROM ` + t.looks + ` WHERE look = $1 AND ` + t.id + ` <> $2)`,
		Drop:  `DELETE FROM ` + t.looks + ` WHERE ` + t.id + ` = $1 AND look = $2`,
		Add:   `INSERT INTO ` + t.looks + ` (look, owner, ` + t.id + `) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING`,
		Key:   t.key,
		Keep:  t.keep,
	}
}

// key writes the search keys of rows into the rows, and the other parts of the keys.
func (t table) key(tx sqlstore.Tx, rows []sqlstore.Named) error {
	var ids, partIDs []int64
	var list, keys, tails []string
	var ranks []int32
	for _, row := range rows {
		parts := row.Parts()
		ids, list, keys = append(ids, row.ID), append(list, row.Name), append(keys, parts[0].Key)
		for _, part := range parts[1:] {
			ranks, tails, partIDs = append(ranks, int32(part.Rank)), append(tails, part.Key), append(partIDs, row.ID)
		}
	}
	if _, err := tx.Exec(t.forgetParts(), ids); err != nil {
		return err
	}
	addParts := `
INSERT INTO ` + t.parts + ` (rank, tail, ` + t.id + `) SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[])`
	if _, err := tx.Exec(addParts, ranks, tails, partIDs); err != nil {
		return err
	}
	keyed := `
UPDATE ` + t.rows + ` AS r SET keyed_name = k.name, search_key = k.key
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS k (id, name, key) WHERE r.id = k.id`
	_, err := tx.Exec(keyed, ids, list, keys)
	return err
}

// keep writes the looks of rows that have their names already.
func (t table) keep(tx sqlstore.Tx, rows []sqlstore.Named) error {
	var ids, owners []int64
	var looks []string
	for _, row := range rows {
		ids = append(ids, row.ID)
		for _, look := range naming.Looks(row.Name) {
			owners, looks = append(owners, row.ID), append(looks, look)
		}
	}
	if _, err := tx.Exec(`DELETE FROM `+t.looks+` WHERE `+t.id+` = ANY ($1)`, ids); err != nil {
		return err
	}
	_, err := tx.Exec(`
INSERT INTO `+t.looks+` (look, owner, `+t.id+`) SELECT look, id, id FROM unnest($1::text[], $2::bigint[]) AS l (look, id)`, looks, owners)
	return err
}
