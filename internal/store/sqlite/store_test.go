package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
	"partychat/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// empty is a database without anything but its schema and the main room.
var empty = storetest.FileTemplate{Make: func(tb testing.TB, path string) error {
	tb.Helper()
	store, err := Open(tb.Context(), Options{Path: path})
	if err != nil {
		return err
	}
	return store.Close()
}}

// openIn opens the store in the folder; if the folder is empty, an empty store. Its writes
// wait for their turn for a long time, because a busy machine must not fail tests.
func openIn(tb testing.TB, dir string) *Store {
	tb.Helper()
	if there, err := os.ReadDir(dir); err == nil && len(there) == 0 {
		empty.Copy(tb, filepath.Join(dir, "partychat.db"))
	}
	store, err := Open(tb.Context(), Options{Path: filepath.Join(dir, "partychat.db"), QueueWait: time.Minute, LogMax: storetest.LogMax, ReactionUsers: storetest.ReactionUsers})
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

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) chat.Store {
		t.Helper()
		return openIn(t, t.TempDir())
	})
}

func TestAPageTakesNoMoreMemoryThanItMay(t *testing.T) {
	storetest.RunMemory(t, openIn(t, t.TempDir()))
}

// readRow reads one row, which must be there.
func readRow(tb testing.TB, store *Store, query string, args []any, dest ...any) error {
	tb.Helper()
	return database{store.core}.Read(tb.Context(), func(q sqlstore.Queries) error {
		found, err := q.Row(query, args, dest...)
		if err == nil && !found {
			err = sql.ErrNoRows
		}
		return err
	})
}
