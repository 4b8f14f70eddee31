//go:build linux

package proc

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParseCPUTime(t *testing.T) {
	tests := []struct {
		name, stat string
		want       time.Duration
		err        bool
	}{
		{
			name: "user's and system's time are added", want: 1230 * time.Millisecond,
			stat: "42 (node) S 1 42 42 0 -1 4194560 900 0 0 0 100 23 7 7 20 0 11 0 4000",
		},
		{
			name: "a name may hold parentheses and spaces", want: 30 * time.Millisecond,
			stat: "42 (a) R 1) S 1 42 42 0 -1 4194560 900 0 0 0 1 2 7 7 20 0 11 0 4000",
		},
		{name: "too few fields", stat: "42 (node) S 1 42 42", err: true},
		{name: "no name", stat: "42 node", err: true},
		{name: "no numbers", stat: "42 (x) S 1 42 42 0 -1 4194560 900 0 0 0 one 2", err: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseCPUTime([]byte(test.stat))
			if got != test.want || (err != nil) != test.err {
				t.Errorf("got %v, %v, want %v and error: %v", got, err, test.want, test.err)
			}
		})
	}
}

func TestParseKilobytes(t *testing.T) {
	const status = "Name:\tx\nVmRSS:\t    1234 kB\nVmHWM: much kB\n"
	if got, err := parseKilobytes(status, "VmRSS:"); got != 1234<<10 || err != nil {
		t.Errorf("got %d, %v, want %d", got, err, 1234<<10)
	}
	for _, key := range []string{"VmHWM:", "VmSwap:"} {
		if got, err := parseKilobytes(status, key); err == nil {
			t.Errorf("%s: got %d, want an error", key, got)
		}
	}
}

func TestParseWrites(t *testing.T) {
	if got, err := parseWrites("wchar: 7\nsyscr: 8\nsyscw: 1234\n"); got != 1234 || err != nil {
		t.Errorf("got %d, %v, want 1234", got, err)
	}
	for _, text := range []string{"", "syscw: many\n"} {
		if got, err := parseWrites(text); err == nil {
			t.Errorf("%q: got %d, want an error", text, got)
		}
	}
}

func TestParseCPUInfo(t *testing.T) {
	model, cores := parseCPUInfo("processor\t: 0\nmodel name\t: Fast: 9\n\nprocessor\t: 1\nmodel name\t: Fast: 9\n")
	if model != "Fast: 9" || cores != 2 {
		t.Errorf("got %q, %d, want \"Fast: 9\", 2", model, cores)
	}
}

func TestThisProcessUsesTimeAndMemory(t *testing.T) {
	if _, err := CPUTime(os.Getpid()); err != nil {
		t.Error(err)
	}
	if _, err := OwnCPUTime(); err != nil {
		t.Error(err)
	}
	if _, err := Writes(os.Getpid()); err != nil {
		t.Error(err)
	}
	memory, err := Memory(os.Getpid())
	if err != nil || memory < 1<<20 {
		t.Errorf("memory: got %d, %v, want more than a megabyte", memory, err)
	}
}

func TestStartOnPinsAProcessToItsCore(t *testing.T) {
	cmd := exec.Command("grep", "Cpus_allowed_list", "/proc/self/status")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	core := ownCore(t)
	if err := StartOn(core, cmd); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if fields := strings.Fields(line); len(fields) != 2 || fields[1] != strconv.Itoa(core) {
		t.Errorf("allowed cores: got %q, want %d", line, core)
	}
}

// ownCore returns the last of the cores that the tests may use.
func ownCore(t *testing.T) int {
	t.Helper()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	core := -1
	for i := range len(set) * strconv.IntSize {
		if set.IsSet(i) {
			core = i
		}
	}
	return core
}
