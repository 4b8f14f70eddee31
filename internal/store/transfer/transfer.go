// Package transfer copies everything from one store to another, row by row, in
// batches by key, and compares all rows of both.
package transfer

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// Source is a store that can be read while nothing changes it.
type Source interface {
	// Count returns the number of rows in the table.
	Count(ctx context.Context, table string) (int64, error)
	Reader
}

// Reader reads rows.
type Reader interface {
	// Rows returns at most limit rows of the table. The first key columns are the
	// table's key; rows are in its order and come after the key given, nil for the
	// first rows. The values are nil, int64, string and []byte; texts are in byte
	// order.
	Rows(ctx context.Context, table string, columns []string, key int, after []any, limit int) ([][]any, error)
}

// Target is a store to copy to.
type Target interface {
	Reader
	// Last returns the key of the last row, or nil if there are no rows.
	Last(ctx context.Context, table string, columns []string, key int) ([]any, error)
	// Write adds the rows durably, all or none.
	Write(ctx context.Context, table string, columns []string, rows [][]any) error
}

// table is a table that both stores have, with all its columns, the key first.
type table struct {
	name    string
	columns []string
	key     int
	derived bool // the target fills it by itself, so that its rows are only compared
}

// tables are in an order in which each refers only to earlier ones. Tables derived
// from names are left out: the server rebuilds them when it opens the target.
var tables = []table{
	{"users", []string{"id", "username", "folded_name", "kind", "role", "password_hash", "created_at", "banned", "device_hash", "display_name", "status_emoji", "status_text", "status_until", "profile_rev"}, 1, false},
	{"user_heads", []string{"user", "rev", "floor", "account_rev"}, 1, false},
	{"rooms", []string{"id", "kind", "name", "folded_name", "topic", "created_at", "members", "seq", "rev", "changed_rev", "floor", "archived_at"}, 1, false},
	{"memberships", []string{"room", "user", "folded_name", "role", "read_seq", "joined_at", "peer", "hidden_until", "rev", "room_rev", "marked_rev", "level"}, 2, false},
	{"settings", []string{"user", "level", "quiet_from", "quiet_to", "zone", "rev"}, 1, false},
	{"messages", []string{"room", "seq", "rev", "author", "client_id", "kind", "body", "created_at", "edited_at", "deleted", "reply_to", "thread", "in_room", "extras", "mentions"}, 2, false},
	{"threads", []string{"room", "root", "replies", "latest", "authors"}, 2, false},
	{"reactions", []string{"room", "seq", "user", "emoji", "at", "rev"}, 4, false},
	{"mentions", []string{"user", "room", "seq", "author"}, 3, true},
	{"reaction_counts", []string{"room", "seq", "emoji", "n", "first_rev"}, 3, false},
	{"thread_follows", []string{"user", "room", "root", "follows", "read_seq", "rev"}, 3, false},
	{"pins", []string{"room", "seq", "user", "at", "rev"}, 2, false},
	{"bookmarks", []string{"user", "room", "seq", "at", "rev"}, 3, false},
	{"files", []string{"id", "owner", "client_id", "room", "seq", "place", "name", "type", "size", "received", "ready", "width", "height", "created_at", "changed_at"}, 1, false},
	{"blobs", []string{"key", "size", "checked_at", "doomed"}, 1, false},
	{"file_blobs", []string{"file", "role", "place", "key"}, 3, false},
	{"file_totals", []string{"owner", "bytes"}, 1, false},
	{"uncounted", []string{"room", "seq"}, 2, true},
	{"uncounted_blocks", []string{"room", "block", "n"}, 2, true},
	{"invitations", []string{"id", "token_hash", "room", "made_by", "for_user", "guests", "uses", "max_uses", "created_at", "expires_at", "named", "rev"}, 1, false},
	{"room_bans", []string{"room", "user", "folded_name", "made_by", "made_at"}, 2, false},
	{"server_bans", []string{"user", "folded_name", "made_by", "made_at"}, 1, false},
	{"room_log", []string{"room", "user", "rev", "reason"}, 2, false},
	{"user_log", []string{"user", "kind", "subject", "rev", "reason"}, 3, false},
	{"jobs", []string{"kind", "key", "payload", "due_at", "expires_at", "created_at", "lease", "version", "attempts", "failure"}, 2, false},
	{"epoch", []string{"id", "name"}, 1, false},
	{"push_keys", []string{"id", "public", "private", "created_at"}, 1, false},
	{"push_subscriptions", []string{"id", "user", "session", "endpoint", "p256dh", "auth", "origin", "shows_text", "created_at", "renewed_at"}, 1, false},
	{"push_rooms", []string{"room", "seq"}, 1, false},
	{"push_shown", []string{"subscription", "room", "seq"}, 2, false},
	{"push_active", []string{"user", "until"}, 1, false},
	{"sessions", []string{"id", "user", "data", "created_at", "expires_at", "seen_at", "device"}, 1, false},
}

const (
	// batch is the number of rows copied at once.
	batch = 2000
	// sayInterval is the interval between progress reports within a table.
	sayInterval = 2 * time.Second
)

// DifferenceError is a row that differs between the two stores.
type DifferenceError struct {
	Table string
	Key   []any // of the first such row
}

func (d *DifferenceError) Error() string {
	return fmt.Sprintf("the stores differ in row %v of %s", d.Key, d.Table)
}

// Copy adds to each table of to the rows of from that follow the target's last row.
// So an interrupted copy continues where it stopped. It does not compare the rows
// that are there already; Compare does. It reports progress through say, in
// sentences.
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
		say(fmt.Sprintf("%s: continuing after the rows already copied.", t.name))
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

// Compare compares every row of the two stores. It fails with a *DifferenceError at
// the first row that differs or is missing from one of them.
func Compare(ctx context.Context, a, b Reader, say func(string)) error {
	for _, t := range tables {
		n, err := t.compare(ctx, a, b)
		if err != nil {
			return err
		}
		say(fmt.Sprintf("%s: %d rows compared, no difference.", t.name, n))
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
