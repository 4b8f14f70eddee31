package sqlite

import (
	"partychat/internal/naming"
	"partychat/internal/store/sqlstore"
)

var derivedNames = sqlstore.Names{Rooms: rooms.derived(), Users: users.derived()}

var (
	rooms = table{
		rows: "rooms", named: "name", display: "''", only: "kind = 'public' AND ", parts: "room_parts", looks: "room_looks", id: "room",
	}
	users = table{rows: "users", named: "username", display: "display_name", parts: "user_parts", looks: "user_looks", id: "user"}
)

// table derivedNames a table of rows with names, and what is derived from the names.
type table struct {
	rows, named, only string
	display           string // a column with another name that is searched, or ''
	parts, looks, id  string
}

func (t table) forgetParts() string { return `DELETE FROM ` + t.parts + ` WHERE ` + t.id + ` = $1` }

func (t table) derived() sqlstore.NamedTable {
	var (
		keyed   = `UPDATE ` + t.rows + ` SET keyed_name = $2 WHERE id = $1`
		addPart = `INSERT INTO ` + t.parts + ` (rank, tail, ` + t.id + `) VALUES ($1, $2, $3)`
		dropAll = `DELETE FROM ` + t.looks + ` WHERE ` + t.id + ` = $1`
		keep    = `INSERT INTO ` + t.looks + ` (look, owner, ` + t.id + `) VALUES ($1, $2, $2)`
	)
	return sqlstore.NamedTable{
		Unkeyed: `SELECT id, ` + t.named + `, ` + t.display + ` FROM ` + t.rows + ` WHERE ` + t.only + `keyed_name IS NOT ` + t.named + ` AND id > $1 ORDER BY id LIMIT $2`,
		Looks:   `SELECT look FROM ` + t.looks + ` WHERE ` + t.id + ` = $1`,
		Alike:   `SELECT EXISTS (SELECT 1 FROM ` + t.looks + ` WHERE look = $1 AND ` + t.id + ` <> $2)`,
		Drop:    `DELETE FROM ` + t.looks + ` WHERE ` + t.id + ` = $1 AND look = $2`,
		Add:     `INSERT INTO ` + t.looks + ` (look, owner, ` + t.id + `) VALUES ($1, 0, $2)`,
		Key: func(tx sqlstore.Tx, rows []sqlstore.Named) error {
			for _, row := range rows {
				if _, err := tx.Exec(t.forgetParts(), row.ID); err != nil {
					return err
				}
				for _, part := range row.Parts() {
					if _, err := tx.Exec(addPart, part.Rank, part.Key, row.ID); err != nil {
						return err
					}
				}
				if _, err := tx.Exec(keyed, row.ID, row.Name); err != nil {
					return err
				}
			}
			return nil
		},
		Keep: func(tx sqlstore.Tx, rows []sqlstore.Named) error {
			for _, row := range rows {
				if _, err := tx.Exec(dropAll, row.ID); err != nil {
					return err
				}
				for _, look := range naming.Looks(row.Name) {
					if _, err := tx.Exec(keep, look, row.ID); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}
