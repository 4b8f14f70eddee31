// Package transfer moves everything from one store into another, row by row and
// in batches by key, and holds every row of both against the other.
package transfer

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// Source is a store whose rows can be read while nobody changes them.
type Source interface {
	// Count tells how many rows the table has.
	Count(ctx context.Context, table string) (int64, error)
	Reader
}

// Reader gives rows.
type Reader interface {
	// Rows gives at most limit rows of the table in the order of its first so
	// many columns, its key, from behind the key given; nil begins. The values
	// are nil, int64, string and []byte; texts are in the order of their bytes.
	Rows(ctx context.Context, table string, columns []string, key int, after []any, limit int) ([][]any, error)
}

// Target is a store that is to be filled.
type Target interface {
	Reader
	// Last gives the key of the last row, nil if there is none.
	Last(ctx context.Context, table string, columns []string, key int) ([]any, error)
	// Write adds the rows durably, all or none.
	Write(ctx context.Context, table string, columns []string, rows [][]any) error
}

// table is one that both stores have, with all its columns, the key first.
type table struct {
	name    string
	columns []string
	key     int
	derived bool // kept by the target itself as it is filled, so that its rows are only compared
}

// tables are in an order in which each refers only to those before it. What is made
// of names is left out: the server makes it anew when it opens the target.
var tables = []table{
	{"users", []string{"id", "username", "folded_name", "kind", "role", "password_hash", "created_at", "banned", "device_hash"}, 1, false},
	{"user_heads", []string{"user", "rev", "floor", "account_rev"}, 1, false},
	{"rooms", []string{"id", "kind", "name", "folded_name", "topic", "created_at", "members", "seq", "rev", "changed_rev", "floor"}, 1, false},
	{"memberships", []string{"room", "user", "folded_name", "role", "read_seq", "joined_at", "peer", "hidden_until", "rev", "room_rev"}, 2, false},
	{"messages", []string{"room", "seq", "rev", "author", "client_id", "kind", "body", "created_at", "edited_at", "deleted"}, 2, false},
	{"uncounted", []string{"room", "seq"}, 2, true},
	{"uncounted_blocks", []string{"room", "block", "n"}, 2, true},
	{"invitations", []string{"id", "token_hash", "room", "made_by", "for_user", "guests", "uses", "max_uses", "created_at", "expires_at", "named", "rev"}, 1, false},
	{"room_bans", []string{"room", "user", "folded_name", "made_by", "made_at"}, 2, false},
	{"server_bans", []string{"user", "folded_name", "made_by", "made_at"}, 1, false},
	{"room_log", []string{"room", "user", "rev", "reason"}, 2, false},
	{"user_log", []string{"user", "kind", "subject", "rev", "reason"}, 3, false},
	{"sessions", []string{"id", "user", "data", "created_at", "expires_at", "seen_at", "device"}, 1, false},
}

const (
	// batch is how many rows go over at once.
	batch = 2000
	// sayInterval is how often the progress within a table is told.
	sayInterval = 2 * time.Second
)

// DifferenceError is a row that the two stores do not have alike.
type DifferenceError struct {
	Table string
	Key   []any // of the first such row
}

func (d *DifferenceError) Error() string {
	return fmt.Sprintf("the two differ in the row %v of %s", d.Key, d.Table)
}

// Copy adds to each table of to what comes behind its last row in from. What has
// been interrupted so continues; whether the rows before are alike is for Compare
// to say. Progress is told by say, in sentences.
func Copy(ctx context.Context, from Source, to Target, say func(string)) error {
	for _, t := range tables {
		if t.derived {
			continue
		}
		if err := t.copy(ctx, from, to, say); err != nil {
			return fmt.Errorf("move %s: %w", t.name, err)
		}
	}
	return nil
}

func (t table) copy(ctx context.Context, from Source, to Target, say func(string)) error {
	total, err := from.Count(ctx, t.name)
	if err != nil {
		return err
	}
	after, err := to.Last(ctx, t.name, t.columns, t.key)
	if err != nil {
		return err
	}
	if after != nil {
		say(fmt.Sprintf("%s: some are there already.", t.name))
	}
	moved := int64(0)
	for said := time.Now(); ; {
		rows, err := from.Rows(ctx, t.name, t.columns, t.key, after, batch)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			if err := to.Write(ctx, t.name, t.columns, rows); err != nil {
				return err
			}
			after = rows[len(rows)-1][:t.key]
		}
		moved += int64(len(rows))
		if len(rows) < batch {
			break
		}
		if time.Since(said) > sayInterval {
			say(fmt.Sprintf("%s: %d of %d moved.", t.name, moved, total))
			said = time.Now()
		}
	}
	say(fmt.Sprintf("%s: %d of %d moved, done.", t.name, moved, total))
	return nil
}

// Compare holds every row of the one against that of the other. It fails with a
// *DifferenceError at the first that is not alike, or that only one of them has.
func Compare(ctx context.Context, a, b Reader, say func(string)) error {
	for _, t := range tables {
		n, err := t.compare(ctx, a, b)
		if err != nil {
			return err
		}
		say(fmt.Sprintf("%s: %d compared, all the same.", t.name, n))
	}
	return nil
}

func (t table) compare(ctx context.Context, a, b Reader) (n int64, err error) {
	for after := []any(nil); ; {
		ours, err := a.Rows(ctx, t.name, t.columns, t.key, after, batch)
		if err != nil {
			return n, fmt.Errorf("read %s: %w", t.name, err)
		}
		theirs, err := b.Rows(ctx, t.name, t.columns, t.key, after, batch)
		if err != nil {
			return n, fmt.Errorf("read %s: %w", t.name, err)
		}
		for i := range max(len(ours), len(theirs)) {
			if i >= len(ours) {
				return n, &DifferenceError{t.name, theirs[i][:t.key]}
			}
			if i >= len(theirs) || !alike(ours[i], theirs[i]) {
				return n, &DifferenceError{t.name, ours[i][:t.key]}
			}
		}
		n += int64(len(ours))
		if len(ours) < batch {
			return n, nil
		}
		after = ours[len(ours)-1][:t.key]
	}
}

func alike(a, b []any) bool {
	for i := range a {
		x, isBytes := a[i].([]byte)
		y, areBoth := b[i].([]byte)
		if isBytes != areBoth || isBytes && !bytes.Equal(x, y) || !isBytes && a[i] != b[i] {
			return false
		}
	}
	return true
}
