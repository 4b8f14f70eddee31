// Package sqlitetest opens empty SQLite stores for the tests of other packages.
package sqlitetest

import (
	"path/filepath"
	"testing"
	"time"

	"partychat/internal/store/sqlite"
	"partychat/internal/store/storetest"
)

// empty is a database without anything but its schema and the main room.
var empty = storetest.FileTemplate{Make: func(tb testing.TB, path string) error {
	tb.Helper()
	store, err := sqlite.Open(tb.Context(), sqlite.Options{Path: path})
	if err != nil {
		return err
	}
	return store.Close()
}}

// ReactionUsers is how many users the stores list of each reaction.
const ReactionUsers = 3

// Open opens an empty store in a folder of the test, and closes it when the test
// ends. Writes wait for their turn as long as they must, because a busy machine must
// not fail tests.
func Open(tb testing.TB) *sqlite.Store {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "partychat.db")
	empty.Copy(tb, path)
	store, err := sqlite.Open(tb.Context(), sqlite.Options{Path: path, QueueWait: time.Minute, ReactionUsers: ReactionUsers})
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return store
}
