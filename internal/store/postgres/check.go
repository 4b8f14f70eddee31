package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"partychat/internal/store/sqlstore"
)

// Report is the result of Check.
type Report = sqlstore.Report

const (
	sqlVersion = `SELECT max(version_id) FROM goose_db_version WHERE is_applied`

	sqlRunning = `
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = $1)`
)

// Check looks through the whole database, reading only, for whatever must never
// be: see the rules. It may run beside servers, from one snapshot. An error
// means that it could not look.
func Check(ctx context.Context, url string) (report Report, err error) {
	parsed, err := parseURL(url)
	if err != nil {
		return Report{}, err
	}
	config := parsed.ConnConfig
	setUp(config, Options{}.withDefaults())
	config.RuntimeParams["application_name"] = "partychat doctor"
	config.RuntimeParams["statement_timeout"] = "0"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return Report{}, fmt.Errorf("cannot reach the database: %w", err)
	}
	defer hangUp(context.WithoutCancel(ctx), conn)
	t, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Report{}, fmt.Errorf("read the database: %w", err)
	}
	defer func() { err = errors.Join(err, t.Rollback(context.WithoutCancel(ctx))) }()
	c := checker{sqlstore.Checker{Queries: queries{ctx, t}, Report: &report}}
	if err := c.run(); err != nil {
		return Report{}, err
	}
	return report, nil
}

// checker is one Check in progress.
type checker struct{ sqlstore.Checker }

func (c checker) run() error {
	if err := c.version(); err != nil {
		return err
	}
	if _, err := c.Queries.Row(sqlRunning, []any{int64(guardKey)}, &c.Report.Running); err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	if err := c.Count(); err != nil {
		return err
	}
	if err := c.Rules(slices.Concat(rules, sqlstore.Rules)...); err != nil {
		return err
	}
	return c.Names(parts)
}

// version makes sure that the database is of the version that this program makes.
func (c checker) version() error {
	return isLatest(func(there *int64) error {
		_, err := c.Queries.Row(sqlVersion, nil, there)
		return err
	})
}

// checkVersion makes sure of the same for whoever does not bring it up to date.
func checkVersion(ctx context.Context, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("cannot reach the database: %w", err)
	}
	defer hangUp(context.WithoutCancel(ctx), conn)
	return isLatest(func(there *int64) error { return conn.QueryRow(ctx, sqlVersion).Scan(there) })
}

func isLatest(read func(there *int64) error) error {
	var there int64
	if err := read(&there); err != nil {
		return fmt.Errorf("this is not a PartyChat database: %w", err)
	}
	want, err := latestVersion()
	if err != nil {
		return err
	}
	if there != want {
		return fmt.Errorf("the database is of version %d, and this program is for version %d: "+
			"use the version that last opened it, or start a server of this version with it once", there, want)
	}
	return nil
}

// latestVersion is the version of a new database.
func latestVersion() (version int64, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		number, _, _ := strings.Cut(file.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, err
		}
		version = max(version, n)
	}
	return version, nil
}
