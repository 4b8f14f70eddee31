package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/naming"
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

const (
	// maxAlike is how many findings of one kind are told one by one.
	maxAlike = 5

	sqlVersion = `SELECT max(version_id) FROM goose_db_version WHERE is_applied`

	sqlRunning = `
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = $1)`

	sqlCount = `SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM rooms), (SELECT count(*) FROM messages)`

	// What is made of names is held against them. Names that wait for it are left out.
	sqlPartsOfRooms = `
SELECT r.id, r.name, ARRAY(SELECT p.rank || p.tail FROM room_parts p WHERE p.room = r.id) || ARRAY['0' || r.search_key]
FROM rooms r WHERE r.kind = 'public' AND r.keyed_name = r.name`

	sqlPartsOfUsers = `
SELECT u.id, u.username, ARRAY(SELECT p.rank || p.tail FROM user_parts p WHERE p."user" = u.id) || ARRAY['0' || u.search_key]
FROM users u WHERE u.keyed_name = u.username`

	sqlKeptLooksOfRooms = `
SELECT r.id, r.name, ARRAY(SELECT l.look FROM room_looks l WHERE l.room = r.id)
FROM rooms r WHERE r.kind = 'public' AND r.keyed_name = r.name`

	sqlKeptLooksOfUsers = `
SELECT u.id, u.username, ARRAY(SELECT l.look FROM user_looks l WHERE l."user" = u.id)
FROM users u WHERE u.keyed_name = u.username`
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
	c := &checker{tx: &tx{ctx: ctx, tx: t}, report: &report}
	if err := c.run(); err != nil {
		return Report{}, err
	}
	return report, nil
}

// checker is one Check under way.
type checker struct {
	tx     *tx // sees one snapshot
	report *Report
}

func (c *checker) run() error {
	if err := c.version(); err != nil {
		return err
	}
	if err := c.tx.row(sqlRunning, []any{int64(guardKey)}, &c.report.Running); err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	if err := c.tx.row(sqlCount, nil, &c.report.Users, &c.report.Rooms, &c.report.Messages); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	for _, rule := range slices.Concat(rules, sqlstore.StreamRules) {
		if err := c.sentences(rule); err != nil {
			return err
		}
	}
	return c.names()
}

// version makes sure that the database is of the version that this program makes.
func (c *checker) version() error {
	return isLatest(func(there *int64) error { return c.tx.row(sqlVersion, nil, there) })
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

// sentences runs a query each of whose rows is a sentence about something wrong.
func (c *checker) sentences(query string) error {
	var found findings
	err := c.tx.each(query, nil, func(r pgx.Rows) error {
		var sentence string
		err := r.Scan(&sentence)
		found.add("%s", sentence)
		return err
	})
	found.tell(c.report)
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	return nil
}

func (c *checker) names() error {
	for _, check := range []struct {
		query, sentence string
		want            func(name string) []string
	}{
		{sqlPartsOfRooms, "The search finds room %d under %q, but its name has %q.", partsOf},
		{sqlPartsOfUsers, "The search finds user %d under %q, but its name has %q.", partsOf},
		{sqlKeptLooksOfRooms, "Room %d counts as looking like %q, but its name looks like %q.", naming.Looks},
		{sqlKeptLooksOfUsers, "User %d counts as looking like %q, but its name looks like %q.", naming.Looks},
	} {
		if err := c.madeOfNames(check.query, check.sentence, check.want); err != nil {
			return err
		}
	}
	return nil
}

func partsOf(name string) (parts []string) {
	for _, part := range chat.NameParts(naming.SearchKey(name)) {
		parts = append(parts, fmt.Sprint(part.Rank, part.Key))
	}
	return parts
}

// madeOfNames looks at rows of an id, a name, and the texts that are made of it.
func (c *checker) madeOfNames(query, sentence string, of func(name string) []string) error {
	var found findings
	err := c.tx.each(query, nil, func(r pgx.Rows) error {
		var id int64
		var name string
		var has []string
		if err := r.Scan(&id, &name, &has); err != nil {
			return err
		}
		want := of(name)
		slices.Sort(want)
		slices.Sort(has)
		if !slices.Equal(has, want) {
			found.add(sentence, id, has, want)
		}
		return nil
	})
	found.tell(c.report)
	if err != nil {
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
