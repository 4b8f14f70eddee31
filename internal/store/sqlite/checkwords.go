package sqlite

import (
	"slices"

	"partychat/internal/chat"
)

// What a search reads is held against the names that it is made from.
const (
	sqlWordsOfRooms = `
SELECT r.id, CASE r.kind WHEN 'public' THEN r.folded_name ELSE '' END, w.tail
FROM rooms r LEFT JOIN room_words w ON w.room = r.id ORDER BY r.id`

	sqlWordsOfUsers = `
SELECT u.id, u.folded_name, w.tail FROM users u LEFT JOIN user_words w ON w.user = u.id ORDER BY u.id`
)

func (c *checker) words() error {
	if err := c.wordsOf("room", sqlWordsOfRooms); err != nil {
		return err
	}
	return c.wordsOf("user", sqlWordsOfUsers)
}

// wordsOf looks at rows of an id, a folded name, and one of the words under
// which the search finds it; those of one id follow each other.
func (c *checker) wordsOf(kind, query string) error {
	var found findings
	var id int64
	var name string
	var words []string
	compare := func() {
		want := chat.LaterWords(name)
		slices.Sort(want)
		slices.Sort(words)
		if !slices.Equal(words, want) {
			found.add("The search finds %s %d under the words %q, but its name has %q.", kind, id, words, want)
		}
	}
	err := c.each(query, func(r scanner) error {
		var rowID int64
		var rowName string
		var word *string
		if err := r.Scan(&rowID, &rowName, &word); err != nil {
			return err
		}
		if rowID != id {
			compare()
			id, name, words = rowID, rowName, nil
		}
		if word != nil {
			words = append(words, *word)
		}
		return nil
	})
	compare()
	found.tell(c.report)
	return err
}
