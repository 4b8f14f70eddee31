package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// tx is a transaction as a write sees it.
type tx struct {
	ctx context.Context
	tx  pgx.Tx
	// withdrawn are the invitations, each for one user alone, that have been deleted
	// in it, unused.
	withdrawn []chat.InvitationGone
}

// Row is specified by sqlstore.Tx.
func (t *tx) Row(query string, args []any, dest ...any) (found bool, err error) {
	err = t.row(query, args, dest...)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each is specified by sqlstore.Tx.
func (t *tx) Each(query string, args []any, scan func(sqlstore.Scanner) error) error {
	return t.each(query, args, func(r pgx.Rows) error { return scan(r) })
}

// Exec is specified by sqlstore.Tx.
func (t *tx) Exec(query string, args ...any) (changed int64, err error) {
	return t.exec(query, args...)
}

// withdraw runs a statement that deletes invitations, and notes those of them that
// were for one user alone and had not been used.
func (t *tx) withdraw(query string, args ...any) error {
	return t.each(query, args, func(r pgx.Rows) error {
		var g chat.InvitationGone
		var uses int64
		err := r.Scan(&g.ID, &g.User, &uses)
		if g.User != 0 && uses == 0 {
			t.withdrawn = append(t.withdrawn, g)
		}
		return err
	})
}

func (t *tx) row(query string, args []any, dest ...any) error {
	return queryRow(t.ctx, t.tx, query, args, dest)
}

func (t *tx) each(query string, args []any, scan func(pgx.Rows) error) error {
	return queryEach(t.ctx, t.tx, query, args, scan)
}

func (t *tx) exec(query string, args ...any) (changed int64, err error) {
	tag, err := t.tx.Exec(t.ctx, query, args...)
	return tag.RowsAffected(), err
}

// errAgain, given back by a write, undoes it and runs it again: somebody else
// has been faster, and it will now see what they have done.
var errAgain = errors.New("somebody else was faster")

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
			if err := run(&tx{ctx: ctx, tx: t}); err != nil {
				_ = t.Rollback(ctx) // fails only with the connection, and then there is nothing left to undo
				return err
			}
			committing = true
			return t.Commit(ctx)
		})
		lost := isBroken(err) && !committing && !errors.Is(err, context.DeadlineExceeded)
		if !lost && !errors.Is(err, errAgain) && !isConflict(err) {
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
