package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Import fills a database row by row, while no server may open it.
type Import struct{ conn *pgx.Conn }

// ImportState is the state of a database to be filled.
type ImportState int

// The states.
const (
	ImportNew   ImportState = iota // it is empty
	ImportBegun                    // it is partly filled
	ImportOther                    // it has other contents
)

const (
	// This table marks a database as incomplete.
	sqlMark     = `CREATE TABLE unfinished_move ()`
	sqlIsMarked = `SELECT to_regclass('unfinished_move') IS NOT NULL`
	sqlUnmark   = `DROP TABLE unfinished_move`

	sqlIsNew = `
SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM messages) AND NOT EXISTS (SELECT FROM sessions)
    AND (SELECT count(*) FROM rooms) = 1`

	sqlClear = `DELETE FROM rooms; DELETE FROM file_totals; DELETE FROM push_keys; DELETE FROM epoch`
)

// errUnfinished keeps servers from opening an incomplete database.
var errUnfinished = errors.New("moving a data folder into it was not finished; run partychat migrate-store again")

// OpenImport connects to the database, keeps all servers out of it until Close, and
// migrates its schema. It only uses the options URL and LockWait.
func OpenImport(ctx context.Context, options Options) (*Import, error) {
	options = options.withDefaults()
	options.Alone = true
	parsed, err := parseURL(options.URL)
	if err != nil {
		return nil, err
	}
	config := parsed.ConnConfig
	g := newGuard(config, options)
	g.config.RuntimeParams["statement_timeout"] = "0" // long tables take time
	conn, err := g.lock(ctx, options.LockWait)
	if err != nil {
		return nil, err
	}
	i := &Import{conn: conn}
	if err := migrate(ctx, config, options); err != nil {
		i.Close(ctx)
		return nil, fmt.Errorf("upgrade the database: %w", err)
	}
	return i, nil
}

// State returns the database's state.
func (i *Import) State(ctx context.Context) (ImportState, error) {
	var marked, isNew bool
	if err := i.conn.QueryRow(ctx, sqlIsMarked).Scan(&marked); err != nil {
		return 0, err
	}
	if marked {
		return ImportBegun, nil
	}
	if err := i.conn.QueryRow(ctx, sqlIsNew).Scan(&isNew); err != nil {
		return 0, err
	}
	if isNew {
		return ImportNew, nil
	}
	return ImportOther, nil
}

// Begin marks a new database as incomplete, until End, and empties it.
func (i *Import) Begin(ctx context.Context) error {
	return pgx.BeginFunc(ctx, i.conn, func(t pgx.Tx) error {
		if _, err := t.Exec(ctx, sqlMark); err != nil {
			return err
		}
		_, err := t.Exec(ctx, sqlClear)
		return err
	})
}

// End marks the database as complete.
func (i *Import) End(ctx context.Context) error {
	if _, err := i.conn.Exec(ctx, "ANALYZE"); err != nil {
		return err
	}
	_, err := i.conn.Exec(ctx, sqlUnmark)
	return err
}

// Rows returns at most limit rows of the table. The first key columns are the
// table's key; rows are in its order and come after the key given, nil for the
// first rows. The values are nil, int64, string and []byte.
func (i *Import) Rows(
	ctx context.Context, table string, columns []string, key int, after []any, limit int,
) (list [][]any, err error) {
	where := ""
	if after != nil {
		places := make([]string, key)
		for n := range places {
			places[n] = fmt.Sprintf("$%d", n+1)
		}
		where = fmt.Sprintf("WHERE (%s) > (%s)", names(columns[:key], ""), strings.Join(places, ", "))
	}
	return i.rows(ctx, fmt.Sprintf("SELECT %s FROM %s %s ORDER BY %s LIMIT %d",
		names(columns, ""), names([]string{table}, ""), where, names(columns[:key], ""), limit), after...)
}

// Last returns the key of the last row in that order, or nil.
func (i *Import) Last(ctx context.Context, table string, columns []string, key int) ([]any, error) {
	rows, err := i.rows(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT 1",
		names(columns[:key], ""), names([]string{table}, ""), names(columns[:key], " DESC")))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

func (i *Import) rows(ctx context.Context, query string, args ...any) (list [][]any, err error) {
	rows, err := i.conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.Values()
		if err != nil {
			return nil, err
		}
		for n, value := range row {
			switch value := value.(type) {
			case bool:
				row[n] = int64(0)
				if value {
					row[n] = int64(1)
				}
			case [16]byte:
				row[n] = value[:]
			}
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// Write adds the rows durably, all or none. The values are in the form that Rows
// returns.
func (i *Import) Write(ctx context.Context, table string, columns []string, rows [][]any) error {
	converted := make([][]any, len(rows))
	for n, row := range rows {
		converted[n] = make([]any, len(row))
		for c, value := range row {
			var err error
			if converted[n][c], err = stored(columns[c], value); err != nil {
				return fmt.Errorf("%s of %v in %s: %w", columns[c], row[0], table, err)
			}
		}
	}
	_, err := i.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(converted))
	return err
}

// stored converts a value to its column's type.
func stored(column string, value any) (any, error) {
	switch column {
	case "banned", "deleted", "doomed", "guests", "in_room", "named", "ready", "shows_text":
		n, ok := value.(int64)
		if !ok {
			return nil, fmt.Errorf("is %v, not a number", value)
		}
		return n != 0, nil
	case "client_id":
		b, ok := value.([]byte)
		if !ok || len(b) != 16 {
			return nil, fmt.Errorf("is %v, not a UUID", value)
		}
		return [16]byte(b), nil
	}
	return value, nil
}

// names returns the quoted identifiers, each followed by behind.
func names(list []string, behind string) string {
	quoted := make([]string, len(list))
	for i, name := range list {
		quoted[i] = pgx.Identifier{name}.Sanitize() + behind
	}
	return strings.Join(quoted, ", ")
}

// Close lets servers open the database. Closing twice is not an error.
func (i *Import) Close(ctx context.Context) { letGo(context.WithoutCancel(ctx), i.conn) }
