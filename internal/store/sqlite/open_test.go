package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

// fill writes rows to all tables and returns a description of them.
func fill(t *testing.T, store *Store) string {
	t.Helper()
	users := populate(t, store, 3, 2)
	inParallel(20, func(i int) { appendOne(t, store, chat.RoomID(100+i%2), users[i%3]) })
	err := store.PutSession(t.Context(), chat.Session{
		ID: "s", User: users[0].ID, Data: []byte("d"), CreatedAt: benchTime, ExpiresAt: benchTime.AddDate(1, 0, 0),
	})
	if err != nil {
		t.Fatalf("PutSession: %v", err)
	}
	return describe(t, store)
}

// describe reads everything back through the store.
func describe(t *testing.T, store *Store) string {
	t.Helper()
	var b strings.Builder
	add := func(value any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("reading: %v", err)
		}
		fmt.Fprintf(&b, "%+v\n", value)
	}
	ctx := t.Context()
	users, err := store.SearchUsers(ctx, chat.UserSearch{Limit: 100})
	add(users, err)
	for _, user := range users {
		subs, err := store.Subscriptions(ctx, user.ID)
		add(len(subs), err)
		for _, sub := range subs {
			add(sub.Membership, nil)
			page, err := store.Messages(ctx, sub.ID, chat.MessagePage{Limit: 100})
			add(page, err)
		}
		add(store.SessionsOfUser(ctx, user.ID, benchTime))
	}
	add(store.SearchPublicRooms(ctx, chat.RoomSearch{Limit: 100}))
	add(store.SearchPublicRooms(ctx, chat.RoomSearch{Text: "alpha", Limit: 100}))
	return b.String()
}

func TestReopeningFindsEverythingStored(t *testing.T) {
	dir := t.TempDir()
	store := openIn(t, dir)
	before := fill(t, store)
	if err := store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	store = openIn(t, dir)
	if diff := cmp.Diff(before, describe(t, store)); diff != "" {
		t.Errorf("after opening again (-want +got):\n%s", diff)
	}
	appendOne(t, store, 100, chat.User{ID: 100})
	room, err := store.RoomByID(t.Context(), 100)
	if err != nil || room.Seq != 11 {
		t.Errorf("head after one more message: got %d, %v; want 11", room.Seq, err)
	}
}

func TestAnsweredWritesAreInTheFilesBeforeClose(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	store := openIn(t, dir)
	before := fill(t, store)
	// A crash leaves the files as they are, with the log not checkpointed.
	for _, name := range []string{"partychat.db", "partychat.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, describe(t, openIn(t, copied))); diff != "" {
		t.Errorf("in the copy (-want +got):\n%s", diff)
	}
}

func TestTwoServersCannotOpenTheSameData(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "partychat.db")
	first, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	_, err = Open(t.Context(), Options{Path: path})
	if err == nil || !strings.Contains(err.Error(), "another server has this data folder open") {
		t.Errorf("second Open: got %v, want an error about the other server", err)
	}
	if err := first.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	openIn(t, dir)
}

func TestOpenCreatesTheFolderAndAcceptsAnyName(t *testing.T) {
	openIn(t, filepath.Join(t.TempDir(), "new", "a b?c#d%20é'\"&x=1"))
}

func TestOpenFailsIfItCannotOpen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("this is no database, though it is long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a file as the folder":                 filepath.Join(file, "chat.db"),
		"a folder as the file":                 dir,
		"something that is no database":        file,
		"a folder in the lock's place":         lockedByFolder(t),
		"a folder that cannot be made":         "/dev/null/x/chat.db",
		"a database that is another program's": foreign(t),
	} {
		store, err := Open(t.Context(), Options{Path: path})
		if err == nil {
			t.Errorf("%s: got no error", name)
			_ = store.Close()
		}
	}
}

func lockedByFolder(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chat.db")
	if err := os.Mkdir(path+".lock", 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// foreign creates a database that already has a table which the first migration
// creates.
func foreign(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chat.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE users (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheDatabaseIsConfiguredForDurability(t *testing.T) {
	store := openIn(t, t.TempDir())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
	} {
		var got string
		err := store.write(t.Context(), func(tx *tx) error {
			_, err := tx.Row("PRAGMA "+pragma, nil, &got)
			return err
		})
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", pragma, got, err, want)
		}
	}
	if _, err := store.readers.exec(t.Context(), "DELETE FROM rooms"); err == nil {
		t.Error("a reader could write")
	}
}
