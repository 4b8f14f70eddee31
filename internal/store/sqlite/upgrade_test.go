package sqlite

import (
	"database/sql"
	_ "embed"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
	"partychat/internal/store/storetest"
)

// older makes a database as the program of that version had it, with the rows.
func older(t *testing.T, version int64, rows ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "partychat.db")
	db, err := sql.Open("sqlite", writerDSN(path, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	for _, statement := range rows {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return path
}

func TestUnreadIsCountedOfWhatWasThereBefore(t *testing.T) {
	path := older(t, 8,
		`INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at) VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1)`,
		`INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at) VALUES (1, 100, 'ann', 'member', 1, 4)`,
		`INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at)
			WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 9)
			SELECT 1, n, n, 100, randomblob(16), iif(n % 3, 'text', 'notice'), 'x', 6 FROM s`,
		`UPDATE messages SET deleted = 1, body = '', rev = 10 WHERE seq = 7`,
		`UPDATE rooms SET seq = 9, rev = 10 WHERE id = 1`,
	)
	store := openIn(t, filepath.Dir(path))
	sub, err := store.Subscription(t.Context(), 1, 100)
	if err != nil || sub.Unread != 4 {
		t.Errorf("got %d unread, %v; want 4", sub.Unread, err)
	}
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
}

func TestADatabaseFromBeforeThereWereBansIsServedWithAllThatIsInIt(t *testing.T) {
	path := older(t, 7,
		`INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1), (101, 'Bob', 'bob', 'member', 'member', 'hash', 2)`,
		`INSERT INTO rooms (id, kind, name, folded_name, topic, created_at, seq, rev) VALUES (100, 'private', 'Den', 'den', 'ours', 3, 1, 1)`,
		`INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at) VALUES
			(1, 100, 'ann', 'member', 0, 4), (100, 100, 'ann', 'admin', 1, 4), (100, 101, 'bob', 'member', 0, 5)`,
		`INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at) VALUES (100, 1, 1, 100, randomblob(16), 'text', 'hello', 6)`,
		`INSERT INTO invitations (id, token_hash, room, made_by, guests, created_at) VALUES (7, 'token', 100, 101, 0, 7)`,
	)
	store := openIn(t, filepath.Dir(path))
	storetest.BeforeBans(t, store)
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 || report.Messages != 2 {
		t.Errorf("check: got %+v, %v; want two messages and nothing wrong", report, err)
	}
}

func TestNamesFromBeforeLooksWereComparedAreFoundAndKept(t *testing.T) {
	path := older(t, 8, storetest.RowsBeforeLooks()...)
	store := openIn(t, filepath.Dir(path))
	storetest.BeforeLooks(t, store)
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
}

func TestMakingNamesReadyGoesOnWhereItWasInterrupted(t *testing.T) {
	store := openIn(t, t.TempDir())
	populate(t, store, 1, 3*sqlstore.KeyBatch)
	// As an older version has left the last of them, and an interrupted upgrade the others.
	err := store.write(t.Context(), func(tx *tx) error {
		for _, statement := range []string{
			`UPDATE rooms SET keyed_name = NULL WHERE id >= 1000`,
			`DELETE FROM room_parts WHERE room >= 1000`,
			`DELETE FROM room_looks WHERE room >= 1000`,
			`UPDATE rooms SET name = 'Another' WHERE id = 200`,
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.KeyNames(t.Context()); err != nil {
		t.Fatal(err)
	}
	var unkeyed int
	const query = `SELECT count(*) FROM rooms WHERE kind = 'public' AND keyed_name IS NOT name`
	if err := readRow(t, store, query, nil, &unkeyed); err != nil || unkeyed > 0 {
		t.Errorf("%d rooms wait to be made ready, %v; want none", unkeyed, err)
	}
	for _, text := range []string{"1499", "another"} {
		found, err := store.SearchPublicRooms(t.Context(), chat.RoomSearch{Text: text, Limit: 2})
		if err != nil || len(found) != 1 {
			t.Errorf("search for %s: got %d rooms, %v; want one", text, len(found), err)
		}
	}
}

func TestADatabaseFromBeforeSessionsToldTheirDevicesIsServedWithAllThatIsInIt(t *testing.T) {
	path := older(t, 8,
		`INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1, 0), (101, 'gwen', 'gwen', 'guest', 'member', '', 2, 0)`,
		`INSERT INTO sessions (id, user, data, created_at, expires_at) VALUES ('s', 100, x'64617461', 1772368200123, 1772368200123 + 60000)`,
	)
	store := openIn(t, filepath.Dir(path))
	storetest.BeforeAccounts(t, store)
}

func TestOnlyAnUpgradeIsLogged(t *testing.T) {
	var log strings.Builder
	open := func(path string) string {
		t.Helper()
		log.Reset()
		store, err := Open(t.Context(), Options{Path: path, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		return log.String()
	}
	old := older(t, 8)
	if got := open(old); strings.Count(got, "upgrading the database") != 1 {
		t.Errorf("an old database: got %q, want it to say once that the database is upgraded", got)
	}
	for name, path := range map[string]string{"upgraded": old, "new": filepath.Join(t.TempDir(), "partychat.db")} {
		if got := open(path); got != "" {
			t.Errorf("the %s database: got %q, want nothing", name, got)
		}
	}
}

// writtenBefore is a database that the last version without streams wrote.
//
//go:embed testdata/before_streams.sql
var writtenBefore string

func TestADatabaseFromBeforeThereWereStreamsIsServedWithAllThatIsInIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "partychat.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(writtenBefore); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	store := openIn(t, filepath.Dir(path))
	storetest.BeforeStreams(t, store)
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
}
