//go:build linux

package faults

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/client"
)

// refused returns how many sends were answered with the code.
func (c *crowd) refused(code chat.Code) (n int) {
	for _, one := range c.clients {
		n += one.Counts().Refusals[code]
	}
	return n
}

func TestAFullDiskThatGetsSpaceAgain(t *testing.T) {
	s := measured(t, "a disk that fills")
	disks := map[string]func(*testing.T) *disk{
		"tmpfs": func(t *testing.T) *disk { t.Helper(); return memoryDisk(t, "24m") },
	}
	if *full {
		disks["ext4"] = func(t *testing.T) *disk { t.Helper(); return loopDisk(t, "48M") }
	}
	for kind, mount := range disks {
		t.Run(kind, func(t *testing.T) {
			d := mount(t)
			data := filepath.Join(d.dir, "data")
			p := invite(t, data, 10, 3, scattered)
			server := newServer(t, data)
			server.start()
			c := join(t, p, server.url)
			talking, hush := context.WithCancel(t.Context())
			defer hush()
			wait := c.talk(talking, 20*time.Millisecond)
			for range short(1, 3) {
				c.moved(100)
				filler := d.fill(t)
				want := c.refused(chat.CodeUnavailable) + 20
				eventually(t, "the senders get unavailable", func() bool {
					return c.refused(chat.CodeUnavailable) >= want
				})
				c.histories() // reading still works
				if err := os.Remove(filler); err != nil {
					t.Fatal(err)
				}
				c.moved(100)
			}
			hush()
			wait()
			e := c.settle()
			c.verify(e)
			s.note("on", "%s, filled and emptied %d times", kind, short(1, 3))
			c.note(s, e)
			c.leave()
			server.terminate()
			inspect(t, data)
		})
	}
}

func TestABlockedWriter(t *testing.T) {
	s := measured(t, "a slow writer, and one that is blocked for too long")
	holds := short([]time.Duration{time.Second}, []time.Duration{3 * time.Second, 12 * time.Second})
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, 10, 3, scattered)
	server := newServer(t, data)
	server.start()
	// Senders retry before they get an answer, so that retries meet their
	// originals.
	c := join(t, p, server.url, func(o *client.Options) { o.AckTimeout = 200 * time.Millisecond })
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 20*time.Millisecond)
	for _, hold := range holds {
		c.moved(100)
		lockDatabase(t, data, hold)
		c.moved(100)
		s.note("locked by another program", "%v; %d sends refused so far", hold, c.refused(chat.CodeUnavailable))
	}
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	c.note(s, e)
	c.leave()
	server.terminate()
	inspect(t, data)
}

// lockDatabase blocks all other writers for a while.
func lockDatabase(t *testing.T, data string, hold time.Duration) {
	t.Helper()
	db := openDatabase(t, data)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, statement := range []string{"PRAGMA busy_timeout = 60000", "BEGIN IMMEDIATE"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	time.Sleep(hold) // the fault itself, not a wait for something
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}
