package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements prepares each query once, at its first use.
type statements struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)

	mu    sync.RWMutex
	known map[string]*sql.Stmt // by query
}

// prepared uses a statement, which its owner closes.
type prepared interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

func newStatements(prepare func(ctx context.Context, query string) (*sql.Stmt, error)) *statements {
	return &statements{prepare: prepare, known: map[string]*sql.Stmt{}}
}

func (s *statements) get(ctx context.Context, query string) (prepared, error) {
	s.mu.RLock()
	stmt, ok := s.known[query]
	s.mu.RUnlock()
	if ok {
		return stmt, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt, ok := s.known[query]; ok {
		return stmt, nil // another goroutine has prepared it meanwhile
	}
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	s.known[query] = stmt
	return stmt, nil
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.known {
		errs = append(errs, stmt.Close())
	}
	clear(s.known)
	return errors.Join(errs...)
}

// scanner is a row: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func (s *statements) row(ctx context.Context, query string, args []any, dest ...any) error {
	stmt, err := s.get(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(dest...)
}

// errEnough, returned by a scan function, ends the query without an error.
var errEnough = errors.New("enough")

func (s *statements) each(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	stmt, err := s.get(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
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

func (s *statements) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	stmt, err := s.get(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// readRow reads one row; sql.ErrNoRows if there is none. It ignores the end of ctx:
// reads are short, and watching ctx would cost the driver and database/sql a
// goroutine each, which is more than most reads cost.
func (s *core) readRow(ctx context.Context, query string, args []any, dest ...any) error {
	if err := ctx.Err(); err != nil {
		return translate(err)
	}
	return translate(s.readers.row(context.WithoutCancel(ctx), query, args, dest...))
}

// readEach calls scan for each row; otherwise it is like readRow.
func (s *core) readEach(ctx context.Context, query string, args []any, scan func(scanner) error) error {
	if err := ctx.Err(); err != nil {
		return translate(err)
	}
	return translate(s.readers.each(context.WithoutCancel(ctx), query, args, scan))
}
