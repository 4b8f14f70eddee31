//go:build linux

package faults

import (
	"bytes"
	"database/sql"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// invariant is a query that returns a row for each violation.
type invariant struct{ what, query string }

// invariants hold in every store.
var invariants = []invariant{
	{"seq has a gap, or the head is not the last seq", `
		SELECT r.id FROM rooms r LEFT JOIN messages m ON m.room = r.id GROUP BY r.id
		HAVING count(m.seq) != r.seq OR coalesce(min(m.seq), 1) != 1 OR coalesce(max(m.seq), 0) != r.seq`},
	{"a rev is beyond the room's, or the room's is not in use", `
		SELECT r.id FROM rooms r LEFT JOIN (
			SELECT room, rev FROM messages
			UNION ALL SELECT room, room_rev FROM memberships WHERE room_rev > 0
			UNION ALL SELECT room, rev FROM room_log
			UNION ALL SELECT id, changed_rev FROM rooms WHERE changed_rev > 0
		) AS v ON v.room = r.id GROUP BY r.id
		HAVING coalesce(max(v.rev), 0) != r.rev OR count(DISTINCT v.rev) != count(v.rev)`},
	{"a clientId was used twice", `
		SELECT room FROM messages GROUP BY room, author, client_id HAVING count(*) > 1`},
	{"a read position is beyond the head", `
		SELECT r.id FROM memberships s JOIN rooms r ON r.id = s.room WHERE s.read_seq < 0 OR s.read_seq > r.seq`},
	{"the number of members is wrong", `
		SELECT r.id FROM rooms r WHERE r.members != (SELECT count(*) FROM memberships s WHERE s.room = r.id)`},
}

// sqliteInvariants hold in an SQLite file.
var sqliteInvariants = []invariant{
	{"the file is damaged", `SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check != 'ok'`},
	{"a foreign key has no target", `SELECT "table" FROM pragma_foreign_key_check`},
}

// inspect checks the database of a server that has ended, directly and with
// partychat doctor.
func inspect(t *testing.T, data string) {
	t.Helper()
	db := openDatabase(t, data)
	examine(t, db, slices.Concat(invariants, sqliteInvariants))
	_ = db.Close()
	if out, err := exec.Command(binary, "doctor", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("partychat doctor: %v\n%s", err, bytes.TrimSpace(out))
	}
}

// examine reports all violations.
func examine(t *testing.T, db *sql.DB, invariants []invariant) {
	t.Helper()
	for _, i := range invariants {
		for _, where := range column(t, db, i.query) {
			t.Errorf("in the database %s: %s", i.what, where)
		}
	}
}

// column runs a query with one column.
func column(t *testing.T, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// openDatabase opens a data folder's database, also while the server runs.
func openDatabase(t *testing.T, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
