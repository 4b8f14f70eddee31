package app

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"partychat/internal/realserver"
)

func TestMain(m *testing.M) {
	code := realserver.Main(m)
	// The session library starts a goroutine that never ends, for a store of its
	// own that the program doesn't use.
	err := goleak.Find(goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
	if err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
