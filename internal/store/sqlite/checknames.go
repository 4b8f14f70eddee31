package sqlite

import (
	"fmt"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// These queries compare derived rows with the names they are derived from. Names
// that wait for it are left out.
const (
	sqlPartsOfRooms = `
SELECT r.id, r.name, p.rank || p.tail FROM rooms r LEFT JOIN room_parts p ON p.room = r.id
WHERE r.kind = 'public' AND r.keyed_name IS r.name ORDER BY r.id`

	sqlPartsOfUsers = `
SELECT u.id, u.username, p.rank || p.tail FROM users u LEFT JOIN user_parts p ON p.user = u.id
WHERE u.keyed_name IS u.username ORDER BY u.id`

	sqlKeptLooksOfRooms = `
SELECT r.id, r.name, l.look FROM rooms r LEFT JOIN room_looks l ON l.room = r.id
WHERE r.kind = 'public' AND r.keyed_name IS r.name ORDER BY r.id`

	sqlKeptLooksOfUsers = `
SELECT u.id, u.username, l.look FROM users u LEFT JOIN user_looks l ON l.user = u.id
WHERE u.keyed_name IS u.username ORDER BY u.id`
)

func (c *checker) names() error {
	for _, check := range []struct {
		query, sentence string
		want            func(name string) []string
	}{
		{sqlPartsOfRooms, "The search finds room %d under %q, but its name has %q.", partsOf},
		{sqlPartsOfUsers, "The search finds user %d under %q, but its name has %q.", partsOf},
		{sqlKeptLooksOfRooms, "Room %d counts as looking like %q, but its name looks like %q.", naming.Looks},
		{sqlKeptLooksOfUsers, "User %d counts as looking like %q, but its name looks like %q.", naming.Looks},
	} {
		if err := c.madeOfNames(check.query, check.sentence, check.want); err != nil {
			return err
		}
	}
	return nil
}

func partsOf(name string) (parts []string) {
	for _, part := range chat.NameParts(naming.SearchKey(name)) {
		parts = append(parts, fmt.Sprint(part.Rank, part.Key))
	}
	return parts
}

// madeOfNames checks rows of an id, a name, and one of the texts derived from the
// name. The rows of one id follow each other.
func (c *checker) madeOfNames(query, sentence string, of func(name string) []string) error {
	var found findings
	var id int64
	var name string
	var has []string
	compare := func() {
		if id == 0 {
			return // before the first row
		}
		want := of(name)
		slices.Sort(want)
		slices.Sort(has)
		if !slices.Equal(has, want) {
			found.add(sentence, id, has, want)
		}
	}
	err := c.each(query, func(r scanner) error {
		var rowID int64
		var rowName string
		var one *string
		if err := r.Scan(&rowID, &rowName, &one); err != nil {
			return err
		}
		if rowID != id {
			compare()
			id, name, has = rowID, rowName, nil
		}
		if one != nil {
			has = append(has, *one)
		}
		return nil
	})
	compare()
	found.tell(c.report)
	return err
}
