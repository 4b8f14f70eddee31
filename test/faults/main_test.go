//go:build linux

package faults

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var (
	full    = flag.Bool("full", false, "run the long form of all tests")
	results = flag.String("results", "", "`folder` for a dated report with the figures")
	soak    = flag.Duration("soak", 5*time.Second, "duration of the soak test")
)

// deadline limits every wait. It is not a measure of speed, because the machine may
// be busy.
const deadline = 2 * time.Minute

// binary is the path of the program under test.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv(soakedEnv) != "" {
		os.Exit(serveSoaked())
	}
	os.Exit(attack(m))
}

// attack builds the program, runs the tests and writes the reports.
func attack(m *testing.M) int {
	folder, err := os.MkdirTemp("", "partychat-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary = filepath.Join(folder, "partychat")
	if out, err := exec.Command("go", "build", "-o", binary, "partychat/cmd/partychat").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	// The session library starts a goroutine that never ends, for a store of its
	// own that the program doesn't use.
	if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	if *results != "" {
		if err := figures.write(*results, code == 0); err != nil {
			fmt.Fprintln(os.Stderr, errors.Join(errors.New("the report was not written"), err))
			return 1
		}
	}
	return code
}

// short returns the value for the short or the full form of the tests.
func short[T any](inShort, inFull T) T {
	if *full {
		return inFull
	}
	return inShort
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %v still not: %s", deadline, what)
		}
	}
}
