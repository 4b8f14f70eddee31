package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"partychat/internal/store/sqlstore"
)

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// queries reads on a connection or in a transaction.
type queries struct {
	ctx context.Context
	on  querier
}

// Row is specified by sqlstore.Queries.
func (q queries) Row(query string, args []any, dest ...any) (found bool, err error) {
	err = q.Each(query, args, func(r sqlstore.Scanner) error {
		found = true
		return r.Scan(dest...)
	})
	return found && err == nil, err
}

// Each is specified by sqlstore.Queries.
func (q queries) Each(query string, args []any, scan func(sqlstore.Scanner) error) error {
	rows, err := q.on.Query(q.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); errors.Is(err, sqlstore.ErrEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return rows.Err()
}

// read runs reads, and retries them once if the connection breaks.
func (s *core) read(ctx context.Context, run func(ctx context.Context, conn *pgx.Conn) error) error {
	err := s.reads.use(ctx, run)
	if isBroken(err) && !errors.Is(err, context.DeadlineExceeded) {
		err = s.reads.use(ctx, run)
	}
	return translate(err)
}

// readRow reads the row of a query without arguments.
func (s *core) readRow(ctx context.Context, query string, dest ...any) error {
	return s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, query).Scan(dest...)
	})
}
