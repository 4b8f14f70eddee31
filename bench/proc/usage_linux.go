package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ticksPerSecond is the unit of times in /proc. It is the same on all architectures
// that Go supports.
const ticksPerSecond = 100

var errStat = errors.New("proc: malformed stat file")

// CPUTime returns a process's CPU time, user and system, of all its threads,
// including ended ones. Its resolution is 10 ms.
func CPUTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseCPUTime(stat)
}

// parseCPUTime reads utime and stime, fields 14 and 15, of a stat file. The second
// field is the program's name in parentheses, which may contain any characters.
func parseCPUTime(stat []byte) (time.Duration, error) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return 0, errStat
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) < 13 {
		return 0, errStat
	}
	var ticks uint64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseUint(string(field), 10, 63)
		if err != nil {
			return 0, errStat
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond, nil
}

// OwnCPUTime returns the CPU time of this process.
func OwnCPUTime() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// Memory returns the resident memory of a process, in bytes.
func Memory(pid int) (int64, error) {
	rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err == nil {
		return parseKilobytes(string(rollup), "Rss:")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseKilobytes(string(status), "VmRSS:")
}

// Writes returns the number of a process's system calls that have written to files
// or sockets.
func Writes(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, err
	}
	return parseWrites(string(text))
}

func parseWrites(text string) (int64, error) {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "syscw:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			if err != nil {
				return 0, errStat
			}
			return n, nil
		}
	}
	return 0, errStat
}

// parseKilobytes finds the line that begins with key, such as "Rss:  1234 kB", and
// returns its value in bytes.
func parseKilobytes(text, key string) (int64, error) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == key && fields[2] == "kB" {
			n, err := strconv.ParseInt(fields[1], 10, 52)
			if err != nil {
				return 0, errStat
			}
			return n << 10, nil
		}
	}
	return 0, errStat
}
