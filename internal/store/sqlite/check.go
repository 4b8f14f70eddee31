package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"partychat/internal/store/sqlstore"
)

// Report is the result of Check.
type Report = sqlstore.Report

// Check looks through the whole database, reading only, for whatever must never
// be: see the rules. It may run beside a server, from one snapshot. An error
// means that it could not look.
func Check(ctx context.Context, path string) (report Report, err error) {
	if path, err = existing(path); err != nil {
		return Report{}, err
	}
	c := &checker{ctx: ctx}
	if report.Running, err = isLocked(path + ".lock"); err != nil {
		return Report{}, err
	}
	if !report.Running {
		if err := checkLog(path); err != nil {
			return Report{}, err
		}
	}
	db, err := sql.Open("sqlite", readerDSN(path, 5*time.Second))
	if err != nil {
		return Report{}, fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if c.tx, err = db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return Report{}, fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, c.tx.Rollback()) }()
	c.Checker = sqlstore.Checker{Queries: c, Report: &report}
	return report, c.run()
}

// existing makes the path of a database that must be there absolute.
func existing(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the database: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no database %s", path)
	} else if err != nil {
		return "", fmt.Errorf("read the database: %w", err)
	}
	return path, nil
}

// checker is one Check in progress.
type checker struct {
	sqlstore.Checker
	ctx context.Context
	tx  *sql.Tx // sees one snapshot
}

// run goes from the file to its content: if the file is damaged, or is not PartyChat's,
// nothing that follows would mean anything.
func (c *checker) run() error {
	if err := c.Rules(integrityRule); err != nil || len(c.Report.Findings) > 0 {
		return err
	}
	if err := c.schema(); err != nil || len(c.Report.Findings) > 0 {
		return err
	}
	if err := c.Count(); err != nil {
		return err
	}
	if err := c.Rules(slices.Concat(rules, sqlstore.Rules)...); err != nil {
		return err
	}
	return c.Names(parts)
}

// Row is specified by sqlstore.Queries.
func (c *checker) Row(query string, args []any, dest ...any) (found bool, err error) {
	err = c.tx.QueryRowContext(c.ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each is specified by sqlstore.Queries.
func (c *checker) Each(query string, args []any, scan func(sqlstore.Scanner) error) error {
	rows, err := c.tx.QueryContext(c.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Exists returns an error unless there is a database at path.
func Exists(path string) error {
	_, err := existing(path)
	return err
}
