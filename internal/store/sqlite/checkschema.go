package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"partychat/internal/store/sqlstore"
)

// sqlSchema returns what the migrations have created: tables, indexes and triggers.
const sqlSchema = `
SELECT type || ' ' || name, ifnull(sql, '') FROM sqlite_schema
WHERE name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'goose_%'`

// schema compares the schema with the one that the migrations create. A missing
// index or trigger would only break an invariant later.
func (c *checker) schema() error {
	want, err := newSchema()
	if err != nil {
		return err
	}
	var there int64
	err = c.tx.QueryRowContext(c.ctx, sqlVersion).Scan(&there)
	if err != nil {
		return fmt.Errorf("this is not a PartyChat database: %w", err)
	}
	if there != want.version {
		return fmt.Errorf("the database is of version %d, and this program checks version %d: "+
			"use the version that last opened it, or start a server of this version with it once", there, want.version)
	}
	got := map[string]string{}
	if err := c.Each(sqlSchema, nil, readSchema(got)); err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(want.objects)) {
		switch text, ok := got[name]; {
		case !ok:
			found = append(found, fmt.Sprintf("The %s is missing.", name))
		case text != want.objects[name]:
			found = append(found, fmt.Sprintf("The %s differs from the one that this version creates.", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want.objects[name]; !ok {
			found = append(found, fmt.Sprintf("The %s does not belong to PartyChat.", name))
		}
	}
	c.Report.Add(found...)
	return nil
}

const sqlVersion = `SELECT max(version_id) FROM goose_db_version WHERE is_applied`

// schema is what the migrations create.
type schema struct {
	objects map[string]string // the SQL of tables, indexes and triggers by their names
	version int64
}

// newSchema returns the schema of a new database. It is the same for the whole
// program, and migrating a database to read it takes longer than most checks.
var newSchema = sync.OnceValues(func() (schema, error) {
	return readNewSchema(context.Background())
})

func readNewSchema(ctx context.Context) (s schema, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return schema{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // another connection would be another database in memory
	if err := migrate(ctx, db, slog.New(slog.DiscardHandler)); err != nil {
		return schema{}, err
	}
	if err := db.QueryRowContext(ctx, sqlVersion).Scan(&s.version); err != nil {
		return schema{}, err
	}
	rows, err := db.QueryContext(ctx, sqlSchema)
	if err != nil {
		return schema{}, err
	}
	defer rows.Close()
	s.objects = map[string]string{}
	for rows.Next() {
		if err := readSchema(s.objects)(rows); err != nil {
			return schema{}, err
		}
	}
	return s, rows.Err()
}

func readSchema(into map[string]string) func(sqlstore.Scanner) error {
	return func(r sqlstore.Scanner) error {
		var name, text string
		err := r.Scan(&name, &text)
		into[name] = text
		return err
	}
}
