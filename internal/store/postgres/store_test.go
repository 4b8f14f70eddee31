package postgres

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/storetest"
)

func TestMain(m *testing.M) {
	code := realserver.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func openAt(tb testing.TB, options Options) *Store {
	tb.Helper()
	store, err := Open(tb.Context(), options)
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
		return openAt(t, Options{URL: realserver.PostgresDatabase(t), LogMax: storetest.LogMax})
	})
}

func TestContractOfTwoServers(t *testing.T) {
	storetest.Run(t, func(t *testing.T) chat.Store {
		t.Helper()
		url := realserver.PostgresDatabase(t)
		return storetest.Pair(openAt(t, Options{URL: url, MaxConns: 8, LogMax: storetest.LogMax}), openAt(t, Options{URL: url, MaxConns: 8, LogMax: storetest.LogMax}))
	})
}

func TestAPageTakesNoMoreMemoryThanItMay(t *testing.T) {
	storetest.RunMemory(t, openAt(t, Options{URL: realserver.PostgresDatabase(t)}))
}
