package postgres

import (
	"io/fs"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"partychat/internal/realserver"
	"partychat/internal/store/storetest"
)

// older makes a database as the program of that version had it, with the rows.
func older(t *testing.T, version int64, rows ...string) (url string) {
	t.Helper()
	url = realserver.PostgresDatabase(t)
	config, err := parseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	defer db.Close()
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	sql(t, url, rows...)
	return url
}

func TestADatabaseFromBeforeThereWereBansIsServedWithAllThatIsInIt(t *testing.T) {
	url := older(t, 2,
		`INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1), (101, 'Bob', 'bob', 'member', 'member', 'hash', 2)`,
		`INSERT INTO rooms (id, kind, name, folded_name, topic, created_at, members, seq, rev) VALUES (100, 'private', 'Den', 'den', 'ours', 3, 2, 1, 1)`,
		`INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at) VALUES (100, 100, 'ann', 'admin', 1, 4), (100, 101, 'bob', 'member', 0, 5)`,
		`INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at) VALUES (100, 1, 1, 100, gen_random_uuid(), 'text', 'hello', 6)`,
		`INSERT INTO invitations (id, token_hash, room, made_by, guests, created_at) VALUES (7, 'token', 100, 101, false, 7)`,
	)
	store := openAt(t, Options{URL: url})
	storetest.BeforeBans(t, store)
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 || report.Messages != 2 {
		t.Errorf("check: got %+v, %v; want two messages and nothing wrong", report, err)
	}
}
