package sqlstore

import (
	"context"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// Names derive from the names of rooms and users what is searched and compared.
type Names struct{ Rooms, Users NamedTable }

// NamedTable is a table of rows with names, and the tables derived from the names.
type NamedTable struct {
	// Unkeyed reads the ids, names and display names of rows whose name is not the one that the others
	// were derived from, by id, after an id and at most so many.
	Unkeyed string
	// Looks reads the looks of a row. Alike tells whether a look is another row's. Drop
	// and Add a look of a row; Add changes nothing if another row was faster.
	Looks, Alike, Drop, Add string
	// Key writes the search keys of rows, and notes the names they were derived from.
	Key func(tx Tx, rows []Named) error
	// Keep writes the looks of rows that have their names already, even if other names
	// look like them.
	Keep func(tx Tx, rows []Named) error
}

// Named is a row with a name.
type Named struct {
	ID   int64
	Name string
	// Display is the display name of a user, which is searched, too; it has no looks.
	Display string
}

// Match is how well the row matches the search key of a text.
func (n Named) Match(text string) chat.NameMatch {
	match, _ := chat.MatchUser(naming.SearchKey(n.Name), displayKey(n.Display), text)
	return match
}

// Parts are the texts that the search finds the row by. The first is the search key of
// its name.
func (n Named) Parts() []chat.NameMatch {
	return chat.UserParts(naming.SearchKey(n.Name), displayKey(n.Display))
}

// displayKey spares the search key of display names that most users do not have.
func displayKey(name string) string {
	if name == "" {
		return ""
	}
	return naming.SearchKey(name)
}

// put derives from the name what is derived from it, unless another row's name looks
// like it. Of two concurrent calls, the second waits for the first.
func (n NamedTable) put(tx Tx, row Named) (free bool, err error) {
	id, name := row.ID, row.Name
	has, err := n.LooksOf(tx, id)
	if err != nil {
		return false, err
	}
	wants := naming.Looks(name)
	for _, look := range wants {
		if slices.Contains(has, look) {
			continue // even if that row is older than the comparison of looks
		}
		var taken bool
		if _, err := tx.Row(n.Alike, []any{look, id}, &taken); err != nil || taken {
			return false, err
		}
	}
	for _, look := range has {
		if !slices.Contains(wants, look) {
			if _, err := tx.Exec(n.Drop, id, look); err != nil {
				return false, err
			}
		}
	}
	for _, look := range wants {
		if slices.Contains(has, look) {
			continue
		}
		if added, err := tx.Exec(n.Add, look, id); err != nil || added == 0 {
			return false, err
		}
	}
	return true, n.Key(tx, []Named{row})
}

// LooksOf reads the looks of a row.
func (n NamedTable) LooksOf(tx Tx, id int64) (looks []string, err error) {
	err = tx.Each(n.Looks, []any{id}, func(r Scanner) error {
		var look string
		err := r.Scan(&look)
		looks = append(looks, look)
		return err
	})
	return looks, err
}

// KeyBatch is the number of names that KeyNames derives from per transaction, so that
// an interruption loses little work and rows are locked only briefly.
const KeyBatch = 500

// KeyNames derives what is missing from existing names, which an older version has
// written. It skips rows that another server is working on.
func (c *Core) KeyNames(ctx context.Context) error {
	for _, table := range []NamedTable{c.names.Rooms, c.names.Users} {
		for last, done := int64(0), false; !done; {
			next := last
			err := c.db.Write(ctx, func(tx Tx) error {
				next = last
				rows, err := table.unkeyedAfter(tx, last)
				done = len(rows) < KeyBatch
				if err != nil || len(rows) == 0 {
					return err
				}
				next = rows[len(rows)-1].ID
				if err := table.Keep(tx, rows); err != nil {
					return err
				}
				return table.Key(tx, rows)
			})
			if err != nil {
				return err
			}
			last = next
		}
	}
	return nil
}

func (n NamedTable) unkeyedAfter(tx Tx, last int64) (rows []Named, err error) {
	err = tx.Each(n.Unkeyed, []any{last, KeyBatch}, func(r Scanner) error {
		var row Named
		err := r.Scan(&row.ID, &row.Name, &row.Display)
		rows = append(rows, row)
		return err
	})
	return rows, err
}
