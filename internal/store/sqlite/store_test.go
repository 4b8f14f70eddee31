package sqlite

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"partychat/internal/chat"
	"partychat/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openIn(t testing.TB, dir string) *Store {
	t.Helper()
	store, err := Open(t.Context(), Options{Path: filepath.Join(dir, "partychat.db")})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return store
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) chat.Store { return openIn(t, t.TempDir()) })
}
