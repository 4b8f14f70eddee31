// Package peers knows the servers that are measured and how to start them.
package peers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"partychat/bench/profile"
)

// ErrMissing is returned by Prepare for a peer that is not installed.
var ErrMissing = errors.New("not installed")

// Peer is a server that can be measured.
type Peer struct {
	Name  string // as it is asked for
	Title string // as it is shown
	Suite profile.Suite
	// Build, if set, makes the server's program from the Go package of that
	// path, relative to bench/.
	Build string
	// Args follow the program that is built.
	Args []string
	// Command starts the server, if it is not built, in the folder below
	// bench/ named Dir.
	Command []string
	Dir     string
	// Needs is a file below Dir without which the server cannot be started,
	// and Remedy what to do about it.
	Needs, Remedy string
	// Ready begins the line in which the server says where it listens, if that
	// is not "listening ".
	Ready string
	// Database says that nodes of the server share one, beside Redis.
	Database bool
	// NoPolling says that the server speaks WebSocket only.
	NoPolling bool
}

// Prepare makes a peer ready to be started: programs are built into the folder
// bin. The folder bench is where this program's source is.
func (p *Peer) Prepare(ctx context.Context, bench, bin string) error {
	if p.Needs != "" {
		if _, err := os.Stat(filepath.Join(bench, p.Dir, p.Needs)); err != nil {
			return fmt.Errorf("%s is %w: %s", p.Title, ErrMissing, p.Remedy)
		}
	}
	if p.Suite == profile.Alone {
		return nil
	}
	if p.Build == "" {
		p.Dir = filepath.Join(bench, p.Dir)
		return nil
	}
	program, err := filepath.Abs(filepath.Join(bin, p.Name))
	if err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./"+p.Build) //nolint:gosec // the packages are our own
	build.Dir = bench
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", p.Title, err, out)
	}
	p.Command = append([]string{program}, p.Args...)
	return nil
}
