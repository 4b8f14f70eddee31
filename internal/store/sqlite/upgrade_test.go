package sqlite

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

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
