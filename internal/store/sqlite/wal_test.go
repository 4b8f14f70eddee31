package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partychat/internal/chat"
)

// cut copies a folder in which a server runs, as if it had been killed now.
func cut(t *testing.T, folder string) (copied string) {
	t.Helper()
	copied = t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	return copied
}

func replace(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// messages counts those in the database of a folder, once it is opened.
func messages(t *testing.T, folder string) int64 {
	t.Helper()
	store := openIn(t, folder)
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	return lastSeq(t, store)
}

// checkpoint moves the log into the database, so that it is begun anew.
func checkpoint(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", writerDSN(path, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("PRAGMA wal_checkpoint(RESTART)"); err != nil {
		t.Fatal(err)
	}
}

func TestALogOfAnotherDatabaseIsRefused(t *testing.T) {
	live, backups := t.TempDir(), t.TempDir()
	path := filepath.Join(live, "partychat.db")
	store := openIn(t, live)
	furnish(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	replace(t, path, filepath.Join(backups, "of-a-stopped-server.db"))
	store = openIn(t, live)
	ann := chat.User{ID: 100}
	appendOne(t, store, 101, ann)
	if err := Backup(t.Context(), path, filepath.Join(backups, "of-a-running-server.db")); err != nil {
		t.Fatal(err)
	}
	replace(t, older(t, 7), filepath.Join(backups, "of-an-older-version.db"))
	other := t.TempDir()
	furnish(t, openIn(t, other))
	replace(t, filepath.Join(cut(t, other), "partychat.db"), filepath.Join(backups, "of-another-server.db"))
	appendOne(t, store, 101, ann)

	for _, when := range []string{"in its first log", "in a log that was begun anew"} {
		killed := cut(t, live)
		for _, name := range names(t, backups) {
			t.Run(name+" over one killed "+when, func(t *testing.T) {
				folder := cut(t, killed)
				file := filepath.Join(folder, "partychat.db")
				replace(t, filepath.Join(backups, name), file)
				before := cut(t, folder)
				_, err := Open(t.Context(), Options{Path: file})
				var foreign *foreignLogError
				if !errors.As(err, &foreign) || !strings.Contains(err.Error(), "partychat restore") || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want that the log is refused in one line with the remedy", err)
				}
				if _, err := Check(t.Context(), file); !errors.As(err, &foreign) {
					t.Errorf("the check: got %v, want the log refused", err)
				}
				if err := Backup(t.Context(), file, filepath.Join(t.TempDir(), "b.db")); !errors.As(err, &foreign) {
					t.Errorf("a backup: got %v, want the log refused", err)
				}
				if _, err := OpenExport(t.Context(), file); !errors.As(err, &foreign) {
					t.Errorf("an export: got %v, want the log refused", err)
				}
				for _, name := range names(t, before) {
					was, err := os.ReadFile(filepath.Join(before, name))
					is, err2 := os.ReadFile(filepath.Join(folder, name))
					if err != nil || err2 != nil || string(was) != string(is) {
						t.Errorf("%s is not as it was (%v, %v)", name, err, err2)
					}
				}
			})
		}
		if got, want := messages(t, killed), lastSeq(t, store); got != want {
			t.Errorf("killed %s, with its own log: got message %d as the last, want %d", when, got, want)
		}
		checkpoint(t, path)
		appendOne(t, store, 101, ann)
	}
}

func TestALogThatAnOlderVersionLeftIsReplayed(t *testing.T) {
	path := older(t, 7, `INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1)`)
	db, err := sql.Open("sqlite", writerDSN(path, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE users SET username = 'Ann'`); err != nil {
		t.Fatal(err)
	}
	folder := cut(t, filepath.Dir(path))
	user, err := openIn(t, folder).UserByID(t.Context(), 100)
	if err != nil || user.Username != "Ann" {
		t.Errorf("got %v, %v, want what was in the log", user, err)
	}
}

func TestADatabaseIsNeverWithoutItsLogWhileItStarts(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "partychat.db")
	store := openIn(t, folder)
	furnish(t, store)
	want := lastSeq(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	// Each is a moment at which the process may be killed.
	if err := unmark(path); err != nil {
		t.Fatal(err)
	}
	unmarked := cut(t, folder)
	db, err := sql.Open("sqlite", writerDSN(path, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("PRAGMA user_version = 0"); err != nil {
		t.Fatal(err)
	}
	begun := cut(t, folder)
	if err := markLog(t.Context(), db, path, lock); err != nil {
		t.Fatal(err)
	}
	marked := cut(t, folder)
	if log, there, err := markOfLog(filepath.Join(marked, "partychat.db")); err != nil || !there || log == 0 {
		t.Errorf("the log: got %d, %v, %v, want one with a mark", log, there, err)
	}
	for what, folder := range map[string]string{"unmarked": unmarked, "with a log": begun, "marked": marked} {
		if got := messages(t, folder); got != want {
			t.Errorf("killed when it was %s: got message %d as the last, want %d", what, got, want)
		}
	}
}

func TestALogThatSQLiteWouldNotReplayCountsForNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "partychat.db")
	furnish(t, openIn(t, folder))
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), log[:walHeaderSize]...)
	flipped[17] ^= 1
	for what, content := range map[string][]byte{"empty": nil, "cut": log[:walHeaderSize-1], "damaged": flipped, "no log": make([]byte, 100)} {
		file := filepath.Join(t.TempDir(), "partychat.db")
		if err := os.WriteFile(file+"-wal", content, 0o600); err != nil {
			t.Fatal(err)
		}
		if m, there, err := markOfLog(file); there || err != nil {
			t.Errorf("%s: got %d, %v, %v, want none", what, m, there, err)
		}
	}
}
