package postgres

import (
	"context"
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

// empty is a database without anything but its schema and the main room.
var empty = realserver.PostgresTemplate{Fill: func(ctx context.Context, url string) error {
	store, err := Open(ctx, Options{URL: url})
	if err != nil {
		return err
	}
	return store.Close()
}}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) chat.Store {
		t.Helper()
		return openAt(t, Options{URL: empty.Database(t), LogMax: storetest.LogMax, ReactionUsers: storetest.ReactionUsers})
	})
}

func TestContractOfTwoServers(t *testing.T) {
	storetest.Run(t, func(t *testing.T) chat.Store {
		t.Helper()
		url := empty.Database(t)
		return storetest.Pair(openAt(t, Options{URL: url, MaxConns: 8, LogMax: storetest.LogMax, ReactionUsers: storetest.ReactionUsers}), openAt(t, Options{URL: url, MaxConns: 8, LogMax: storetest.LogMax, ReactionUsers: storetest.ReactionUsers}))
	})
}

func TestAPageTakesNoMoreMemoryThanItMay(t *testing.T) {
	storetest.RunMemory(t, openAt(t, Options{URL: empty.Database(t)}))
}
