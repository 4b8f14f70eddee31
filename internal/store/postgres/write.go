package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"partychat/internal/store/sqlstore"
)

// tx is a transaction as a write sees it.
type tx struct {
	queries
	tx pgx.Tx
}

func newTx(ctx context.Context, t pgx.Tx) *tx { return &tx{queries{ctx, t}, t} }

// Exec is specified by sqlstore.Tx.
func (t *tx) Exec(query string, args ...any) (changed int64, err error) {
	tag, err := t.tx.Exec(t.ctx, query, args...)
	return tag.RowsAffected(), err
}

// attempts is how often a write is run until it is given up.
const attempts = 4

// write runs the write in a transaction and returns when that is durable. It
// may be run again from the start: after a deadlock, and when its connection
// broke before the commit. Of a commit that was not answered nobody knows whether
// it happened; that is unavailable too.
func (s *core) write(ctx context.Context, run func(*tx) error) error {
	var err error
	for range attempts {
		committing := false
		err = s.writes.use(ctx, func(ctx context.Context, conn *pgx.Conn) error {
			t, err := conn.Begin(ctx)
			if err != nil {
				return err
			}
			if err := run(newTx(ctx, t)); err != nil {
				_ = t.Rollback(ctx) // fails only with the connection, and then there is nothing left to undo
				return err
			}
			committing = true
			return t.Commit(ctx)
		})
		lost := isBroken(err) && !committing && !errors.Is(err, context.DeadlineExceeded)
		if !lost && !errors.Is(err, sqlstore.ErrAgain) && !isConflict(err) {
			break
		}
	}
	return translate(err)
}

// writeOne runs a single statement, which is a transaction of its own, and tells
// how many rows it has changed. After a deadlock it is run again.
func (s *core) writeOne(ctx context.Context, query string, args ...any) (changed int64, err error) {
	for range attempts {
		err = s.writes.use(ctx, func(ctx context.Context, conn *pgx.Conn) error {
			tag, err := conn.Exec(ctx, query, args...)
			changed = tag.RowsAffected()
			return err
		})
		if !isConflict(err) {
			break
		}
	}
	if err != nil {
		return 0, translate(err)
	}
	return changed, nil
}
