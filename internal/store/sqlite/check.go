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

// Report is what Check has found.
type Report struct {
	// Running: a server has the database open. What was checked is its state
	// at one moment.
	Running                bool
	Users, Rooms, Messages int64
	// Findings are sentences about what is wrong; none if nothing is.
	Findings []string
}

// maxAlike is how many findings of one kind are told one by one.
const maxAlike = 5

// Check looks through the whole database, reading only, for whatever must never
// be: see the rules. It may run beside a server, from one snapshot. An error
// means that it could not look.
func Check(ctx context.Context, path string) (report Report, err error) {
	if path, err = existing(path); err != nil {
		return Report{}, err
	}
	c := &checker{ctx: ctx, report: &report}
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

// checker is one Check under way.
type checker struct {
	ctx    context.Context
	tx     *sql.Tx // sees one snapshot
	report *Report
}

// run goes from the file to what is in it: where the file is damaged, or is not
// of this program, nothing that follows would mean anything.
func (c *checker) run() error {
	if err := c.sentences(integrityRule); err != nil || len(c.report.Findings) > 0 {
		return err
	}
	if err := c.schema(); err != nil || len(c.report.Findings) > 0 {
		return err
	}
	if err := c.count(); err != nil {
		return err
	}
	for _, rule := range slices.Concat(rules, sqlstore.StreamRules) {
		if err := c.sentences(rule); err != nil {
			return err
		}
	}
	return c.names()
}

func (c *checker) count() error {
	const query = `SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM rooms), (SELECT count(*) FROM messages)`
	err := c.tx.QueryRowContext(c.ctx, query).Scan(&c.report.Users, &c.report.Rooms, &c.report.Messages)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	return nil
}

// sentences runs a query each of whose rows is a sentence about something wrong.
func (c *checker) sentences(query string) error {
	var found findings
	err := c.each(query, func(r scanner) error {
		var sentence string
		err := r.Scan(&sentence)
		found.add("%s", sentence)
		return err
	})
	found.tell(c.report)
	return err
}

func (c *checker) each(query string, scan func(scanner) error) error {
	rows, err := c.tx.QueryContext(c.ctx, query)
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("read the database: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	return nil
}

// findings gathers sentences of one kind.
type findings struct {
	first []string
	more  int
}

func (f *findings) add(format string, args ...any) {
	if len(f.first) == maxAlike {
		f.more++
		return
	}
	f.first = append(f.first, fmt.Sprintf(format, args...))
}

func (f *findings) tell(report *Report) {
	report.Findings = append(report.Findings, f.first...)
	if f.more > 0 {
		report.Findings = append(report.Findings, fmt.Sprintf("The same error is in %d more places.", f.more))
	}
}
