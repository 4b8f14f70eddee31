// Package peers lists the servers to measure and starts them.
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

// ErrMissing is the error of Prepare if a peer is not installed.
var ErrMissing = errors.New("not installed")

// Peer is a server that can be measured.
type Peer struct {
	Name  string // for -peers
	Title string // for display
	Suite profile.Suite
	// Build, if set, is the path, relative to bench/, of the Go package of the
	// server's program.
	Build string
	// Args are arguments for the program built.
	Args []string
	// Command starts a server that isn't built, in the folder Dir below bench/.
	Command []string
	Dir     string
	// Needs is a file below Dir that the server requires. Remedy says how to get
	// it.
	Needs, Remedy string
	// Ready is the prefix of the line that has the server's address, if that is not
	// "listening ".
	Ready string
	// Database is true if nodes of the server share a database in addition to
	// Redis.
	Database bool
	// NoPolling is true if the server supports WebSocket only.
	NoPolling bool
}

// Prepare prepares the peer for Start: it builds programs into the folder bin. The
// folder bench has this program's source.
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
