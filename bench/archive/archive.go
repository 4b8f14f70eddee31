// Package archive creates databases like those of servers that have run for years.
package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// Size is the contents of a database. The main room has half of the messages; the
// rest are spread evenly over the other rooms.
type Size struct {
	Name     string
	Messages int
	Rooms    int // not counting the main one
	Users    int
}

// The sizes to compare.
var (
	Small = Size{Name: "10-thousand", Messages: 10_000, Rooms: 100, Users: 100}
	Large = Size{Name: "10-million", Messages: 10_000_000, Rooms: 100_000, Users: 10_000}
)

const (
	// RoomsPerUser is the number of rooms that every user is in.
	RoomsPerUser = 50
	// stride scatters a user's rooms. It has no common divisor with the number of
	// rooms.
	stride = 1999
	// firstID is the id of the first user and of the first room.
	firstID = 1000
	// noticeEvery is the number of messages per notice.
	noticeEvery = 25
)

// MainMessages is the number of messages in the main room.
func (s Size) MainMessages() int { return s.Messages / 2 }

// RoomMessages is the number of messages in each other room.
func (s Size) RoomMessages() int { return (s.Messages - s.MainMessages()) / s.Rooms }

// Room is the id of the i-th room.
func (s Size) Room(i int) chat.RoomID { return chat.RoomID(firstID + i%s.Rooms) }

// User is the id of the i-th user.
func (s Size) User(i int) chat.UserID { return chat.UserID(firstID + i%s.Users) }

// Path is the database that Make creates.
func (s Size) Path(folder string) string { return filepath.Join(folder, s.Name, "partychat.db") }

// Make creates the database below a folder, unless it exists.
func Make(ctx context.Context, folder string, size Size) (err error) {
	return size.make(ctx, folder, size.insert)
}

// make creates the database with rows that insert inserts.
func (s Size) make(ctx context.Context, folder string, insert func(context.Context, *sql.DB) error) error {
	path := s.Path(folder)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	unfinished := filepath.Join(folder, s.Name+".unfinished")
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := fill(ctx, filepath.Join(unfinished, filepath.Base(path)), insert); err != nil {
		return fmt.Errorf("make a database of %d messages: %w", s.Messages, err)
	}
	return os.Rename(unfinished, filepath.Dir(path))
}

// fill bypasses the store, which would take half an hour for ten million messages.
// It writes the same rows as the store would.
func fill(ctx context.Context, path string, insert func(context.Context, *sql.DB) error) (err error) {
	store, err := sqlite.Open(ctx, sqlite.Options{Path: path}) // creates the schema
	if err != nil {
		return err
	}
	if err := store.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	// If this is interrupted, the database is discarded.
	for _, pragma := range []string{"synchronous = OFF", "journal_mode = OFF", "cache_size = -1000000", "temp_store = MEMORY"} {
		if _, err := db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	// Creating an index at the end is faster than updating it row by row, and the
	// index is denser.
	indexes, err := dropIndexes(ctx, db)
	if err != nil {
		return err
	}
	if err := insert(ctx, db); err != nil {
		return err
	}
	for _, index := range append(indexes, "PRAGMA journal_mode = WAL") {
		if _, err := db.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	if store, err = sqlite.Open(ctx, sqlite.Options{Path: path}); err != nil { // builds the search index
		return err
	}
	return store.Close()
}

// dropIndexes drops the indexes of messages and memberships, and returns the
// statements that recreate them.
func dropIndexes(ctx context.Context, db *sql.DB) (indexes []string, err error) {
	var names []string
	rows, err := db.QueryContext(ctx,
		`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('messages', 'memberships')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, index string
		if err := rows.Scan(&name, &index); err != nil {
			return nil, err
		}
		names, indexes = append(names, name), append(indexes, index)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, `DROP INDEX "`+name+`"`); err != nil {
			return nil, err
		}
	}
	return indexes, nil
}

// insert fills the tables, each in the order of its key.
func (s Size) insert(ctx context.Context, db *sql.DB) error {
	const (
		numbers = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) `
		values  = `room, seq, seq, ?2 + (room * 31 + seq * 17) % ?3, randomblob(16), iif(seq % ?4 = 1, 'notice', 'text'),
			iif(seq % ?4 = 1, 'joined', printf('Message %d, and whatever else one has to say about the weather, lunch and the release', seq)),
			1700000000000 + seq * 1000`
		messages = `INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at) ` + numbers
	)
	statements := []struct {
		query string
		args  []any
	}{
		{`INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at) ` + numbers + `
			SELECT ?2 + i, 'user' || i, 'user' || i, 'member', 'member', 'none', 1700000000000 FROM n`, []any{s.Users, firstID}},
		{
			`INSERT INTO rooms (id, kind, name, folded_name, topic, created_at, seq, rev) ` + numbers + `
			SELECT ?2 + i, 'public', 'Room ' || i || ' for tea', 'room ' || i || ' for tea', '', 1700000000000, ?3, ?3 FROM n`,
			[]any{s.Rooms, firstID, s.RoomMessages()},
		},
		{`UPDATE rooms SET seq = ?1, rev = ?1 WHERE id = 1`, []any{s.MainMessages()}},
		{
			messages + `SELECT ` + values + ` FROM (SELECT 1 AS room, i + 1 AS seq FROM n)`,
			[]any{s.MainMessages(), firstID, s.Users, noticeEvery},
		},
		{
			messages + `SELECT ` + values + ` FROM (SELECT ?2 + i / ?5 AS room, i % ?5 + 1 AS seq FROM n)`,
			[]any{s.Rooms * s.RoomMessages(), firstID, s.Users, noticeEvery, s.RoomMessages()},
		},
		{`INSERT INTO uncounted (room, seq) SELECT room, seq FROM messages WHERE kind = 'notice'`, nil},
		{
			`INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at) ` + numbers + `
			SELECT ?2 + (i / ?3 * 50 + i % ?3 * ?4) % ?5 AS room, ?2 + i / ?3 AS user, 'user' || (i / ?3), 'member', ?6 - 10, 1700000000000
			FROM n ORDER BY room, user`,
			[]any{s.Users * RoomsPerUser, firstID, RoomsPerUser, stride, s.Rooms, s.RoomMessages()},
		},
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement.query, statement.args...); err != nil {
			return err
		}
	}
	return nil
}
