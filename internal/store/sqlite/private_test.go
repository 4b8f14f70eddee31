//go:build unix

package sqlite

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// modes returns the modes of all files in the folder.
func modes(t *testing.T, folder string) map[string]os.FileMode {
	t.Helper()
	all := map[string]os.FileMode{}
	for _, name := range names(t, folder) {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = info.Mode().Perm()
	}
	return all
}

func wantPrivate(t *testing.T, what, folder string, files int) {
	t.Helper()
	all := modes(t, folder)
	if len(all) != files {
		t.Errorf("%s: there are %v, want %d files", what, all, files)
	}
	for name, mode := range all {
		if mode != 0o600 {
			t.Errorf("%s: %s has mode %v, want that only its owner reads it", what, name, mode)
		}
	}
}

func TestOnlyTheOwnerReadsTheDatabase(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	store := openIn(t, folder)
	furnish(t, store)
	wantPrivate(t, "in a folder that was there", folder, 4) // the database, -wal, -shm and .lock

	for name := range modes(t, folder) { // as left by a killed older version
		if err := os.Chmod(filepath.Join(folder, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	for name := range modes(t, copied) {
		if err := os.Chmod(filepath.Join(copied, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	openIn(t, copied)
	wantPrivate(t, "after an upgrade", copied, 4)

	backups := t.TempDir()
	if err := Backup(t.Context(), filepath.Join(copied, "partychat.db"), filepath.Join(backups, "b.db")); err != nil {
		t.Fatal(err)
	}
	wantPrivate(t, "a backup", backups, 1)

	killed := cut(t, folder)
	for name := range modes(t, killed) {
		if err := os.Chmod(filepath.Join(killed, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Restore(t.Context(), filepath.Join(backups, "b.db"), filepath.Join(killed, "partychat.db"), restoreTime, noFiles)
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range modes(t, killed) {
		if mode != 0o600 && name != "partychat.db.lock" {
			t.Errorf("after a restore: %s has mode %v, want that only its owner reads it", name, mode)
		}
	}
}
