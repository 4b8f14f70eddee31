package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"partychat/internal/store/sqlstore"
)

// prepared prepares each query once, at its first use.
type prepared struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)

	mu    sync.RWMutex
	known map[string]*sql.Stmt // by query
}

// statement uses a statement, which its owner closes.
type statement interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

func newPrepared(prepare func(ctx context.Context, query string) (*sql.Stmt, error)) *prepared {
	return &prepared{prepare: prepare, known: map[string]*sql.Stmt{}}
}

func (s *prepared) get(ctx context.Context, query string) (statement, error) {
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

func (s *prepared) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.known {
		errs = append(errs, stmt.Close())
	}
	clear(s.known)
	return errors.Join(errs...)
}

// row reads one row; found tells whether there is one.
func (s *prepared) row(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	stmt, err := s.get(ctx, query)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (s *prepared) each(ctx context.Context, query string, args []any, scan func(sqlstore.Scanner) error) error {
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
		if err := scan(rows); errors.Is(err, sqlstore.ErrEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *prepared) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
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
