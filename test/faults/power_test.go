//go:build linux

package faults

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAPowerLossUnderLoadLosesNothingAcknowledged(t *testing.T) {
	s := measured(t, "power loss under load")
	d := loopDisk(t, "256M")
	data := filepath.Join(d.dir, "data")
	p := invite(t, data, short(10, 50), 10, scattered)
	server := newServer(t, data)
	server.start()
	c := join(t, p, server.url)
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := c.talk(talking, 40*time.Millisecond)
	losses, acked := short(2, 20), 0
	for range losses {
		c.moved(short(100, 500))
		server.signal(syscall.SIGSTOP)
		image := d.losePower(t)
		// Everything in this evidence happened before the power loss.
		e := c.seen()
		server.signal(syscall.SIGCONT)
		acked = e.Acked()
		t.Run("the disk's contents", func(t *testing.T) {
			after := mountImage(t, image)
			revived := newServer(t, filepath.Join(after.dir, "data"))
			revived.start()
			e.Rooms = (&crowd{t: t, party: p, url: revived.url}).histories()
			revived.terminate()
			(&crowd{t: t}).complain(e.Breaches())
			inspect(t, revived.data)
		})
		if err := os.Remove(image); err != nil {
			t.Error(err)
		}
	}
	hush()
	wait()
	e := c.settle()
	c.verify(e)
	s.note("losses of power", "%d, each a copy of the disk of one moment", losses)
	s.note("acknowledged before the last of them", "%d", acked)
	c.note(s, e)
	c.leave()
	server.terminate()
}

// This verifies the test above: the simulated disk must lose data that was not
// synced.
func TestTheSimulatedPowerLossLosesUnsyncedData(t *testing.T) {
	s := measured(t, "power loss, the counter-check with a bare table")
	tests := []struct {
		synchronous string
		loses       bool
	}{{"NORMAL", true}, {"FULL", false}}
	for _, test := range tests {
		t.Run(test.synchronous, func(t *testing.T) {
			d := loopDisk(t, "64M")
			written := insertRows(t, d.dir, test.synchronous, 300)
			image := d.losePower(t)
			found := countRows(t, mountImage(t, image).dir)
			if lost := written - found; (lost > 0) != test.loses {
				t.Errorf("lost %[2]d of %[1]d rows, want some lost: %[3]t", written, lost, test.loses)
			}
			s.note("rows committed / still there, `synchronous="+test.synchronous+"`", "%d / %d", written, found)
		})
	}
}

func bareTable(t *testing.T, dir, synchronous string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous("+synchronous+")")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// insertRows commits rows one by one and leaves the database open.
func insertRows(t *testing.T, dir, synchronous string, n int) (written int) {
	t.Helper()
	db := bareTable(t, dir, synchronous)
	if _, err := db.Exec("CREATE TABLE bare (n INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	syscall.Sync() // the table itself must survive
	for ; written < n; written++ {
		if _, err := db.Exec("INSERT INTO bare DEFAULT VALUES"); err != nil {
			t.Fatal(err)
		}
	}
	return written
}

func countRows(t *testing.T, dir string) (n int) {
	t.Helper()
	if err := bareTable(t, dir, "FULL").QueryRow("SELECT count(*) FROM bare").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
