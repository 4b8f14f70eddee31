package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"partychat/internal/chat"
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

// What a server of the previous version does beside a newer one must have the same
// effect as if the newer one had done it.
func TestABanByAServerOfTheVersionBeforeEndsSendsByTheNewerOne(t *testing.T) {
	url := older(t, 3,
		`INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1), (101, 'Bob', 'bob', 'member', 'member', 'hash', 2)`,
		`INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at) VALUES (1, 101, 'bob', 'member', 0, 4)`,
		`UPDATE users SET banned = true WHERE id = 101`,
		`INSERT INTO server_bans ("user", folded_name, made_by, made_at) VALUES (101, 'bob', 100, 5)`,
		`UPDATE rooms SET members = 1`,
	)
	store := openAt(t, Options{URL: url})
	post := func(by chat.UserID) error {
		_, _, err := store.AppendMessage(t.Context(), &chat.NewMessage{
			Room: chat.MainRoom, ClientID: uuid.NewString(), Author: by, Kind: chat.MessageText, Body: "hello", CreatedAt: benchTime,
			Act: &chat.Act{By: by, Needs: chat.Standing{Member: true, Unbanned: true}},
		})
		return err
	}
	healthy := func(when string) {
		t.Helper()
		report, err := Check(t.Context(), url)
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("check %s: got %+v, %v; want nothing wrong", when, report, err)
		}
	}
	if err := post(101); chat.CodeOf(err) != chat.CodeForbidden {
		t.Errorf("of one who was banned before the upgrade: got %v, want it refused", err)
	}
	healthy("after the upgrade")
	sql(t, url, `UPDATE users SET banned = false WHERE id = 101`, `DELETE FROM server_bans`)
	if err := post(101); err != nil {
		t.Errorf("after the ban was lifted: %v", err)
	}
	sql(t, url,
		`INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at) VALUES (1, 100, 'ann', 'member', 0, 4)`,
		`UPDATE rooms SET members = 2`,
		`UPDATE users SET banned = true WHERE id = 100`,
		`INSERT INTO server_bans ("user", folded_name, made_by, made_at) VALUES (100, 'ann', 101, 5)`)
	if err := post(100); chat.CodeOf(err) != chat.CodeForbidden {
		t.Errorf("of one who was banned meanwhile: got %v, want it refused", err)
	}
	healthy("at the end")
}

func TestUnreadIsCountedAlsoOfWhatOlderServersWriteAndDelete(t *testing.T) {
	url := older(t, 3,
		`INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1)`,
		`INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at) VALUES (1, 100, 'ann', 'member', 1, 4)`,
		`INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at)
			SELECT 1, n, n, 100, gen_random_uuid(), CASE n % 3 WHEN 0 THEN 'notice' ELSE 'text' END, 'x', 6 FROM generate_series(1, 9) n`,
		`UPDATE messages SET deleted = true, body = '', rev = 10 WHERE seq = 7`,
		`UPDATE rooms SET members = 1, seq = 9, rev = 10 WHERE id = 1`,
	)
	store := openAt(t, Options{URL: url})
	wantUnread := func(when string, want int64) {
		t.Helper()
		sub, err := store.Subscription(t.Context(), chat.MainRoom, 100)
		if err != nil || sub.Unread != want {
			t.Errorf("%s: got %d unread, %v; want %d", when, sub.Unread, err, want)
		}
		report, err := Check(t.Context(), url)
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("check %s: got %+v, %v; want nothing wrong", when, report, err)
		}
	}
	wantUnread("after the upgrade", 4)
	sql(t, url,
		`INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at) VALUES
			(1, 10, 11, 100, gen_random_uuid(), 'notice', 'left', 6), (1, 11, 12, 100, gen_random_uuid(), 'text', 'hello', 6)`,
		`UPDATE messages SET deleted = true, body = '', rev = 13 WHERE seq = 8`,
		`UPDATE rooms SET seq = 11, rev = 13 WHERE id = 1`)
	wantUnread("after an older server has written and deleted", 4)
}

// upgrade opens the store beside other users of the database, and returns a
// function that waits until it is open, and fails the test if that fails.
func upgrade(t *testing.T, url string) (wait func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		store, err := Open(context.WithoutCancel(t.Context()), Options{URL: url})
		if err == nil {
			err = store.Close()
		}
		done <- err
	}()
	return func() {
		t.Helper()
		if err := <-done; err != nil {
			t.Errorf("the upgrade: %v", err)
		}
	}
}

// migrationWaits waits until the upgrade waits for a table.
func migrationWaits(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	eventually(t, "the upgrade waits for a table", func() (waits bool) {
		const query = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
			AND application_name = 'partychat migration' AND wait_event_type = 'Lock')`
		return conn.QueryRow(t.Context(), query).Scan(&waits) == nil && waits
	})
}

func TestAnUpgradeAndASendOfTheVersionBeforeDoNotWaitForEachOther(t *testing.T) {
	url := older(t, 2)
	sender := connect(t, url)
	send, err := sender.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := send.Exec(t.Context(), `SELECT FROM users`); err != nil {
		t.Fatal(err)
	}
	wait := upgrade(t, url)
	migrationWaits(t, connect(t, url))
	for _, query := range []string{`SET LOCAL lock_timeout = 500`, `UPDATE rooms SET topic = 'sent'`} {
		if _, err := send.Exec(t.Context(), query); err != nil {
			t.Errorf("a send while the upgrade waits: %v", err)
		}
	}
	if err := send.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	wait()
}

func TestAnUpgradeThatWaitsForALongReaderLetsOthersRead(t *testing.T) {
	url := older(t, 2)
	long, err := connect(t, url).Begin(t.Context()) // such as a dump
	if err != nil {
		t.Fatal(err)
	}
	if _, err := long.Exec(t.Context(), `SELECT FROM users`); err != nil {
		t.Fatal(err)
	}
	wait := upgrade(t, url)
	other := connect(t, url)
	migrationWaits(t, other)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := other.Exec(ctx, `SELECT FROM users`); err != nil {
		t.Errorf("a read while the upgrade waits: %v", err)
	}
	if err := long.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	wait()
}

func TestNamesFromBeforeLooksWereComparedAreFoundAndKept(t *testing.T) {
	url := older(t, 3, storetest.RowsBeforeLooks()...)
	store := openAt(t, Options{URL: url})
	storetest.BeforeLooks(t, store)
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
}

// searchFinds waits until a search for the text finds that many rooms and users.
func searchFinds(t *testing.T, store *Store, text string, rooms, users int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%q is found", text), func() bool {
		r, err := store.SearchPublicRooms(t.Context(), chat.RoomSearch{Text: text, Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		u, err := store.SearchUsers(t.Context(), chat.UserSearch{Text: text, Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		return len(r) == rooms && len(u) == users
	})
}

func TestWhatAServerOfTheVersionBeforeNamesBesideThisOneIsFoundAndKept(t *testing.T) {
	url := empty.Database(t)
	store := openAt(t, Options{URL: url, KeyInterval: 10 * time.Millisecond})
	sql(t, url, storetest.RowsBeforeLooks()...)
	searchFinds(t, store, "graph", 2, 0)
	searchFinds(t, store, "cock", 0, 2)
	sql(t, url, `UPDATE rooms SET name = 'Painting', folded_name = 'painting' WHERE id = 100`)
	searchFinds(t, store, "aint", 1, 0)
	searchFinds(t, store, "graph", 1, 0)
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
}

func TestServersThatStartAtOnceShareTheNames(t *testing.T) {
	url := older(t, 3, storetest.RowsBeforeLooks()...)
	sql(t, url, `INSERT INTO rooms (id, kind, name, folded_name, topic, created_at)
		SELECT 1000 + i, 'public', 'Room ' || i, 'room ' || i, '', 0 FROM generate_series(1, 500) i`)
	waits := make([]func(), 4)
	for i := range waits {
		waits[i] = upgrade(t, url)
	}
	for _, wait := range waits {
		wait()
	}
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
	conn := connect(t, url)
	var unkeyed int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM rooms WHERE kind = 'public' AND keyed_name IS DISTINCT FROM name`).Scan(&unkeyed); err != nil || unkeyed > 0 {
		t.Errorf("%d rooms wait to be made ready, %v; want none", unkeyed, err)
	}
}

func TestADatabaseFromBeforeSessionsToldTheirDevicesIsServedWithAllThatIsInIt(t *testing.T) {
	url := older(t, 3,
		`INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1, false), (101, 'gwen', 'gwen', 'guest', 'member', '', 2, false)`,
		`INSERT INTO sessions (id, "user", data, created_at, expires_at) VALUES ('s', 100, 'data', 1772368200123, 1772368200123 + 60000)`,
	)
	store := openAt(t, Options{URL: url})
	storetest.BeforeAccounts(t, store)
}
