package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// errEnough, returned by a scan function, ends the query without an error.
var errEnough = errors.New("enough")

func queryEach(ctx context.Context, on querier, query string, args []any, scan func(pgx.Rows) error) error {
	rows, err := on.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return rows.Err()
}

// queryRow reads one row; pgx.ErrNoRows if there is none.
func queryRow(ctx context.Context, on querier, query string, args, dest []any) error {
	found := pgx.ErrNoRows
	err := queryEach(ctx, on, query, args, func(rows pgx.Rows) error {
		found = nil
		return rows.Scan(dest...)
	})
	if err != nil {
		return err
	}
	return found
}

// readRow reads one row; pgx.ErrNoRows if there is none.
func (s *core) readRow(ctx context.Context, query string, args []any, dest ...any) error {
	return s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		return queryRow(ctx, conn, query, args, dest)
	})
}

// readAll converts each row with take.
func readAll[T any](ctx context.Context, s *core, query string, args []any, take func(pgx.Rows) (T, error)) ([]T, error) {
	var list []T
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		list = []T{}
		return queryEach(ctx, conn, query, args, func(rows pgx.Rows) error {
			item, err := take(rows)
			list = append(list, item)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// read runs reads, and retries them once if the connection breaks.
func (s *core) read(ctx context.Context, run func(ctx context.Context, conn *pgx.Conn) error) error {
	err := s.reads.use(ctx, run)
	if isBroken(err) && !errors.Is(err, context.DeadlineExceeded) {
		err = s.reads.use(ctx, run)
	}
	return translate(err)
}
