package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
)

var restoreTime = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func TestRestorePutsTheBackupInPlaceAndKeepsWhatWasThere(t *testing.T) {
	live := t.TempDir()
	store := openIn(t, live)
	furnish(t, store)
	path := filepath.Join(live, "partychat.db")
	backup := filepath.Join(t.TempDir(), "b.db")
	if err := Backup(t.Context(), path, backup); err != nil {
		t.Fatal(err)
	}
	then := lastSeq(t, store)
	epoch, err := store.Epoch(t.Context())
	if err != nil || epoch == "" {
		t.Fatalf("epoch: got %q, %v", epoch, err)
	}
	appendOne(t, store, 101, chat.User{ID: 100})
	now := lastSeq(t, store)

	if _, err := Restore(t.Context(), backup, path, restoreTime, noFiles); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("while a server runs: got %v, want it refused", err)
	}
	killed := cut(t, live)
	path = filepath.Join(killed, "partychat.db")
	done, err := Restore(t.Context(), backup, path, restoreTime, noFiles)
	if err != nil || len(done.Report.Findings) > 0 || done.Report.Users != 3 {
		t.Fatalf("got %+v, %v, want it done", done, err)
	}
	if want := path + ".before-20261130T120000Z"; done.Aside != want {
		t.Errorf("the database from before: got %q, want %q", done.Aside, want)
	}
	for _, name := range names(t, killed) {
		if strings.Contains(name, "restored") || name == "partychat.db-wal" {
			t.Errorf("in the folder afterwards there is %s", name)
		}
	}
	if got := messages(t, killed); got != then {
		t.Errorf("afterwards: got message %d as the last, want %d", got, then)
	}
	restored := openIn(t, killed)
	if got, err := restored.Epoch(t.Context()); err != nil || got == epoch || got == "" {
		t.Errorf("epoch: got %q, %v, want another one than %q", got, err, epoch)
	}
	if err := restored.Close(); err != nil {
		t.Fatal(err)
	}
	// And back again, with what was in the log.
	if _, err := Restore(t.Context(), done.Aside, path, restoreTime.Add(time.Second), noFiles); err != nil {
		t.Fatal(err)
	}
	if got := messages(t, killed); got != now {
		t.Errorf("with the one from before: got message %d as the last, want %d", got, now)
	}
}

func TestRestoreIntoAnEmptyFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "data")
	done, err := Restore(t.Context(), inhabited(t), filepath.Join(folder, "partychat.db"), restoreTime, noFiles)
	if err != nil || done.Aside != "" || done.Report.Messages == 0 {
		t.Errorf("got %+v, %v, want it done with nothing kept", done, err)
	}
}

func TestRestoreBringsABackupOfAnOlderVersionUpToDate(t *testing.T) {
	old := older(t, 7, `INSERT INTO users VALUES (100, 'ann', 'ann', 'member', 'admin', 'hash', 1)`)
	before, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	done, err := Restore(t.Context(), old, filepath.Join(folder, "partychat.db"), restoreTime, noFiles)
	if err != nil || len(done.Report.Findings) > 0 || done.Report.Users != 1 {
		t.Errorf("got %+v, %v, want one user and nothing wrong", done, err)
	}
	if after, err := os.ReadFile(old); err != nil || string(after) != string(before) {
		t.Errorf("the backup has changed (%v)", err)
	}
}

func TestRestoreOfWhatIsNoWholeBackupChangesNothing(t *testing.T) {
	whole := inhabited(t)
	scratch := t.TempDir()
	text := filepath.Join(scratch, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(scratch, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(scratch, "foreign.db")
	damage(t, foreign, `CREATE TABLE recipes (id INTEGER)`)
	damaged := filepath.Join(scratch, "damaged.db")
	replace(t, whole, damaged)
	damage(t, damaged, `DELETE FROM messages WHERE seq = 1`)
	folder := t.TempDir()
	store := openIn(t, folder)
	furnish(t, store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "partychat.db")
	before := names(t, folder)
	for _, c := range []struct{ name, from, want string }{
		{"nothing there", filepath.Join(scratch, "none.db"), "there is no database"},
		{"no database", text, "not a database"},
		{"an empty file", empty, "not a database of PartyChat"},
		{"a database of another program", foreign, "not a database of PartyChat"},
		{"the database itself", path, "the database itself"},
		{"a damaged one", damaged, "finding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			done, err := Restore(t.Context(), c.from, path, restoreTime, noFiles)
			switch {
			case c.want == "finding":
				if err != nil || len(done.Report.Findings) == 0 {
					t.Errorf("got %+v, %v, want what is wrong", done, err)
				}
			case err == nil || !strings.Contains(err.Error(), c.want):
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if got := names(t, folder); strings.Join(got, " ") != strings.Join(before, " ") {
				t.Errorf("in the folder: got %q, want %q", got, before)
			}
		})
	}
}

// noFiles is for backups without files.
func noFiles(Report) ([]string, error) { return nil, nil }
