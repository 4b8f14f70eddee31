package storetest

import (
	"os"
	"sync"
	"testing"
)

// FileTemplate is a database file that tests copy instead of making their own:
// migrating one takes most of a second under the race detector.
type FileTemplate struct {
	// Make makes the file at the path, and closes it.
	Make func(tb testing.TB, path string) error

	once    sync.Once
	content []byte
	err     error
}

// Copy writes a copy of the file to the path. The first copy makes the file.
func (f *FileTemplate) Copy(tb testing.TB, path string) {
	tb.Helper()
	f.once.Do(func() {
		made := tb.TempDir() + "/template.db"
		if f.err = f.Make(tb, made); f.err == nil {
			f.content, f.err = os.ReadFile(made)
		}
	})
	if f.err != nil {
		tb.Fatal(f.err)
	}
	if err := os.WriteFile(path, f.content, 0o600); err != nil {
		tb.Fatal(err)
	}
}
