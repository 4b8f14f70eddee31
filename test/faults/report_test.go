//go:build linux

package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// figures are the figures measured in this run.
var figures report

// report has one row per figure, grouped by test.
type report struct {
	mu    sync.Mutex
	tests []*section
}

type section struct {
	t    *testing.T
	file string // the report's file name, without the date
	name string
	rows [][2]string
	// verdict is set when the test has ended.
	verdict string
	took    time.Duration
}

// measured opens the section of a test with one node. Call it first.
func measured(t *testing.T, name string) *section {
	t.Helper()
	return measuredIn(t, "faults", name)
}

// measuredOnNodes opens the section of a test with several nodes.
func measuredOnNodes(t *testing.T, name string) *section {
	t.Helper()
	return measuredIn(t, "faults-nodes", name)
}

func measuredIn(t *testing.T, file, name string) *section {
	t.Helper()
	s := &section{t: t, file: file, name: name, verdict: "did not finish"}
	figures.mu.Lock()
	figures.tests = append(figures.tests, s)
	figures.mu.Unlock()
	start := time.Now()
	t.Cleanup(func() {
		s.took = time.Since(start)
		switch {
		case t.Failed():
			s.verdict = "**failed**"
		case len(s.rows) == 0:
			s.verdict = "not run here"
		default:
			s.verdict = "held"
		}
	})
	return s
}

// note records a figure and logs it.
func (s *section) note(what, format string, args ...any) {
	s.t.Helper()
	value := fmt.Sprintf(format, args...)
	s.rows = append(s.rows, [2]string{what, value})
	s.t.Logf("%s: %s", what, value)
}

// write writes the reports of the tests that have run.
func (r *report) write(folder string, passed bool) error {
	titles := map[string]string{
		"faults":       "The delivery promise under attack",
		"faults-nodes": "The delivery promise across nodes under attack",
	}
	var errs []error
	for file, title := range titles {
		of := slices.DeleteFunc(slices.Clone(r.tests), func(s *section) bool { return s.file != file })
		if len(of) > 0 {
			errs = append(errs, writeReport(folder, file, title, of, passed))
		}
	}
	return errors.Join(errs...)
}

func writeReport(folder, file, title string, sections []*section, passed bool) error {
	var b strings.Builder
	now := time.Now()
	fmt.Fprintf(&b, "# %s, %s\n\n", title, now.Format(time.DateOnly))
	fmt.Fprintf(&b, "Written by `make faults` on %s/%s with %d CPUs, kernel %s, %s; the servers, their clients and all other\n"+
		"work of the machine shared them (load average at the end: %s). Durations are those measured here,\n"+
		"not upper bounds.\n\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), proc("sys/kernel/osrelease"), runtime.Version(), proc("loadavg"))
	if passed {
		b.WriteString("**The promise held.**\n\n")
	} else {
		b.WriteString("**Something failed; see below.**\n\n")
	}
	b.WriteString("| attack | result | took |\n| --- | --- | --- |\n")
	for _, s := range sections {
		fmt.Fprintf(&b, "| %s | %s | %v |\n", s.name, s.verdict, s.took.Round(100*time.Millisecond))
	}
	for _, s := range sections {
		if len(s.rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| figure | value |\n| --- | --- |\n", s.name)
		for _, row := range s.rows {
			fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, now.Format(time.DateOnly)+"-"+file+".md"), []byte(b.String()), 0o644)
}

// proc returns the first word of a file in /proc.
func proc(name string) string {
	raw, err := os.ReadFile(filepath.Join("/proc", name))
	if err != nil {
		return "unknown"
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(raw)), " ")
	return word
}

// spread formats the range of several durations.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "never"
	}
	sorted := slices.Sorted(slices.Values(all))
	at := func(share float64) time.Duration {
		return sorted[int(share*float64(len(sorted)-1))].Round(time.Millisecond)
	}
	return fmt.Sprintf("median %v, longest %v (%d times)", at(0.5), at(1), len(sorted))
}
