package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Texts are a database whose messages have texts like those of people: words of seven
// languages by Zipf's law, 16 of them on average, in rooms whose sizes follow the same
// law, over three years.
type Texts struct{ Size }

// NewTexts returns a database of that size.
func NewTexts(messages, rooms int) Texts {
	name := fmt.Sprintf("texts-%d-in-%d", messages, rooms)
	return Texts{Size{Name: name, Messages: messages, Rooms: rooms, Users: min(10_000, max(100, messages/100))}}
}

const (
	// Frequent is a word of half of all messages.
	Frequent = "weather"
	// NextWord stands behind Frequent in a tenth of all messages.
	NextWord = "lunch"

	// rareEvery is how many messages there are for each that has a rare word.
	rareEvery = 50
	// rareTimes is how often each rare word is written, on average.
	rareTimes = 3

	years      = 3
	languages  = 7
	vocabulary = 30_000 // words of each language
)

// RareWord is one of the words that few messages have.
func (t Texts) RareWord(i int) string {
	return fmt.Sprint("ticket", i%max(1, t.Messages/rareEvery/rareTimes))
}

// Make creates the database below a folder, unless it exists.
func (t Texts) Make(ctx context.Context, folder string) error {
	return t.make(ctx, folder, t.insert)
}

func (t Texts) insert(ctx context.Context, db *sql.DB) (err error) {
	rooms := t.Size
	rooms.Messages = 2 * rooms.Rooms // two messages each, which are replaced
	if err := rooms.insert(ctx, db); err != nil {
		return err
	}
	for _, query := range []string{`DELETE FROM messages`, `DELETE FROM uncounted`, `DELETE FROM uncounted_blocks`, `UPDATE memberships SET read_seq = 0`} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	message, err := tx.PrepareContext(ctx, `INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at)
		VALUES (?1, ?2, ?2, ?3, randomblob(16), 'text', ?4, ?5)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, message.Close()) }()
	w := newWriter(t)
	if _, err := tx.ExecContext(ctx, `UPDATE rooms SET seq = 0, rev = 0`); err != nil {
		return err
	}
	for i := range t.Rooms {
		const begin, end = 1_600_000_000_000, 1_600_000_000_000 + years*365*24*3_600_000
		n := w.roomMessages(i)
		at := float64(begin)
		for seq := 1; seq <= n; seq++ {
			// The gaps are random, and the last message is not far from the end.
			at += (end - at) / float64(n-seq+1) * min(2, w.random.ExpFloat64())
			if _, err := message.ExecContext(ctx, int64(t.Room(i)), seq, int64(t.User(w.random.IntN(t.Users))), w.text(i), int64(at)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE rooms SET seq = ?2, rev = ?2 WHERE id = ?1`, int64(t.Room(i)), n); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// writer writes texts.
type writer struct {
	texts  Texts
	random *rand.Rand
	zipf   [languages]*rand.Zipf
	words  [languages][]string
	weight float64 // of all rooms together
}

func newWriter(t Texts) *writer {
	w := &writer{texts: t, random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same texts each time
	alphabets := [languages]string{
		"etaoinshrdlucmfwypvbgk", "enisratdhulcgmobwfkzüäö", "eaisnrtolucdmpégbvhfqà",
		"aeosrnidltcmupbgvyqhfzñó", "eaoinrtsdlkmpvgbjuzhwcy", "оеаинтсрвлкмдпуяыьгзбчй", "",
	}
	for language, letters := range alphabets {
		list, there := make([]string, 0, vocabulary), map[string]bool{}
		for len(list) < vocabulary {
			word := w.word([]rune(letters), 2+len(list)/4000)
			if !there[word] {
				list, there[word] = append(list, word), true
			}
		}
		w.words[language] = list
		w.zipf[language] = rand.NewZipf(w.random, 1.1, 4, vocabulary-1)
	}
	for i := range t.Rooms {
		w.weight += 1 / float64(i+10)
	}
	return w
}

// word invents a word; without letters, one of two Chinese characters.
func (w *writer) word(letters []rune, shortest int) string {
	if len(letters) == 0 {
		character := func() rune { return rune(0x4e00 + int(3000*math.Pow(w.random.Float64(), 3))) }
		return string([]rune{character(), character()})
	}
	var b strings.Builder
	for range min(shortest, 5) + w.random.IntN(4) {
		b.WriteRune(letters[min(w.random.IntN(len(letters)), w.random.IntN(len(letters)))])
	}
	return b.String()
}

// roomMessages is how many messages the i-th room has.
func (w *writer) roomMessages(i int) int {
	return max(1, int(float64(w.texts.Messages)/float64(i+10)/w.weight))
}

// text writes a message of the i-th room, which has a language.
func (w *writer) text(room int) string {
	language := room % languages
	list := make([]string, 0, 24)
	for range 5 + w.random.IntN(22) {
		list = append(list, w.words[language][w.zipf[language].Uint64()])
	}
	switch n := w.random.IntN(10); {
	case n == 0:
		list = append(list, Frequent, NextWord)
	case n < 5:
		list[w.random.IntN(len(list))] = Frequent
	}
	if w.random.IntN(rareEvery) == 0 {
		list = append(list, w.texts.RareWord(w.random.IntN(w.texts.Messages)))
	}
	if language == languages-1 {
		return strings.Join(list, "")
	}
	return strings.Join(list, " ")
}
