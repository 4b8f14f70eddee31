package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"partychat/internal/chat"
)

// names lists what is in the folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

// lastSeq tells how many messages room 101 has.
func lastSeq(t *testing.T, store *Store) int64 {
	t.Helper()
	heads, err := store.Heads(t.Context(), []chat.RoomID{101})
	if err != nil || len(heads) != 1 {
		t.Fatalf("Heads: %v, %v", heads, err)
	}
	return heads[0].Seq
}

func TestABackupHoldsEverythingThatWasAcknowledgedBefore(t *testing.T) {
	dir := t.TempDir()
	store := openIn(t, dir)
	furnish(t, store)
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() { // somebody who goes on writing
		for ctx.Err() == nil {
			appendOne(t, store, 101, chat.User{ID: 100})
		}
	})
	before := lastSeq(t, store)
	copied := t.TempDir()
	to := filepath.Join(copied, "partychat.db")
	err := Backup(t.Context(), filepath.Join(dir, "partychat.db"), to)
	after := lastSeq(t, store)
	stop()
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}

	if got := names(t, copied); len(got) != 1 {
		t.Errorf("in the copy's folder: got %q, want it alone", got)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy's mode: got %v, %v, want that only its owner reads it", info.Mode(), err)
	}
	report, err := Check(t.Context(), to)
	if err != nil || len(report.Findings) != 0 || report.Running {
		t.Errorf("checking the copy: got %+v, %v, want a whole one that nobody uses", report, err)
	}
	if got := lastSeq(t, openIn(t, copied)); got < before || got > after {
		t.Errorf("the copy's head: got %d, want one from %d to %d", got, before, after)
	}
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	path := inhabited(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	old := filepath.Join(folder, "yesterday.db")
	if err := os.WriteFile(old, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		ctx      context.Context
		from, to string
		want     string
	}{
		{"no database", t.Context(), path + "x", filepath.Join(folder, "new.db"), "there is no database"},
		{"a copy already exists", t.Context(), path, old, "already exists"},
		{"no such folder", t.Context(), path, filepath.Join(folder, "none", "new.db"), "no such file"},
		{"given up", cancelled, path, filepath.Join(folder, "new.db"), context.Canceled.Error()},
		{"not a database", t.Context(), old, filepath.Join(folder, "new.db"), "not a database"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := Backup(test.ctx, test.from, test.to); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
			if got := names(t, folder); len(got) != 1 {
				t.Errorf("in the folder: got %q, want only what was there", got)
			}
			if text, err := os.ReadFile(old); err != nil || string(text) != "precious" {
				t.Errorf("the old copy: got %q, %v, want it untouched", text, err)
			}
		})
	}
}
