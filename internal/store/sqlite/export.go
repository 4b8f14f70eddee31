package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Export reads a database row by row, while no server may open it.
type Export struct {
	lock *os.File
	db   *sql.DB
}

// OpenExport opens the database for reading only. It fails if a server has it open,
// or if its version differs from this program's.
func OpenExport(ctx context.Context, path string) (_ *Export, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the database: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no database %s", path)
	} else if err != nil {
		return nil, fmt.Errorf("read the database: %w", err)
	}
	e := &Export{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	if e.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, err
	}
	if err := checkLog(path); err != nil {
		return nil, err
	}
	if e.db, err = sql.Open("sqlite", readerDSN(path, 5*time.Second)); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	want, err := newSchema()
	if err != nil {
		return nil, err
	}
	var there int64
	if err := e.db.QueryRowContext(ctx, sqlVersion).Scan(&there); err != nil {
		return nil, fmt.Errorf("this is not a PartyChat database: %w", err)
	}
	if there != want.version {
		return nil, fmt.Errorf("the database is of version %d, and this program reads version %d: start a server of this version with it once", there, want.version)
	}
	return e, nil
}

// Count returns the number of rows in the table.
func (e *Export) Count(ctx context.Context, table string) (n int64, err error) {
	err = e.db.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(table)).Scan(&n)
	return n, err
}

// Rows returns at most limit rows of the table. The first key columns are the
// table's key; rows are in its order and come after the key given, nil for the
// first rows. The values are nil, int64, string and []byte.
func (e *Export) Rows(
	ctx context.Context, table string, columns []string, key int, after []any, limit int,
) (list [][]any, err error) {
	quoted := make([]string, len(columns))
	for i, column := range columns {
		quoted[i] = quote(column)
	}
	order := strings.Join(quoted[:key], ", ")
	query := "SELECT " + strings.Join(quoted, ", ") + " FROM " + quote(table) //nolint:gosec // the names are this program's own
	if after != nil {
		query += " WHERE (" + order + ") > (" + strings.TrimSuffix(strings.Repeat("?, ", key), ", ") + ")"
	}
	query += fmt.Sprintf(" ORDER BY %s LIMIT %d", order, limit)
	rows, err := e.db.QueryContext(ctx, query, after...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		for i, column := range columns {
			if b, _ := row[i].([]byte); column == "data" && b == nil {
				row[i] = []byte{} // the driver returns nil for an empty value, but these columns are never NULL
			}
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

func quote(name string) string { return `"` + name + `"` }

// Close lets servers open the database again.
func (e *Export) Close() error {
	var errs []error
	if e.db != nil {
		errs = append(errs, e.db.Close())
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Close())
	}
	return errors.Join(errs...)
}
