package sqlite

import (
	"context"
	"encoding/json"

	"partychat/internal/store/sqlstore"
)

// dialect is SQLite's. Only one goroutine writes, so nothing is locked.
var dialect = sqlstore.Dialect{
	Join:  "CROSS JOIN",
	Least: "min", Greatest: "max",
	Joined: func(text string) string { return `group_concat(` + text + `, ' ')` },
	Rare:   func(condition string) string { return `unlikely(` + condition + `)` },
	Any: func(column, parameter string) string {
		return column + ` IN (SELECT value FROM json_each(` + parameter + `))`
	},
	List: func(slice any) (any, error) {
		list, err := json.Marshal(slice)
		return string(list), err
	},
	Page:          page,
	Lock:          func(string) string { return "" },
	CountsMembers: true,
	IsForeignKey:  isForeignKey,
	IsUnique:      isUnique,
}

// page leaves no message out: the reader of the rows stops when the page is full.
func page(condition, order string) string {
	return `
SELECT r.seq, r.rev, 0, ` + sqlstore.MessageColumns + ` FROM rooms r
LEFT JOIN messages t ON t.room = r.id AND ` + condition + `
LEFT JOIN users u ON u.id = t.author
WHERE r.id = $1 ORDER BY ` + order + ` LIMIT $3`
}

var statements = sqlstore.NewStatements(dialect)

// database is how the shared parts use the store.
type database struct{ *core }

// Read is specified by sqlstore.Database. It ignores the end of ctx once it has begun:
// reads are short, and watching ctx would cost the driver and database/sql a goroutine
// each, which is more than most reads cost.
func (s database) Read(ctx context.Context, run func(sqlstore.Queries) error) error {
	if err := ctx.Err(); err != nil {
		return translate(err)
	}
	return translate(run(queries{context.WithoutCancel(ctx), s.readers}))
}

// Write is specified by sqlstore.Database.
func (s database) Write(ctx context.Context, run func(sqlstore.Tx) error) error {
	return s.write(ctx, func(tx *tx) error { return run(tx) })
}

// WriteBeside is specified by sqlstore.Database.
func (s database) WriteBeside(ctx context.Context, run func(sqlstore.Tx) error) error {
	return s.do(ctx, &write{run: func(tx *tx) error { return run(tx) }, spares: true})
}

// Exec is specified by sqlstore.Database. One statement needs no savepoint.
func (s database) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	err = s.do(ctx, &write{single: true, spares: true, run: func(tx *tx) (err error) {
		changed, err = tx.Exec(query, args...)
		return err
	}})
	return changed, err
}

// do gives the writer something to do.
func (s *core) do(ctx context.Context, job *write) error {
	job.done = make(chan struct{})
	return translate(s.writer.do(ctx, job))
}

// queries reads by prepared statements, outside of the writer's transaction.
type queries struct {
	ctx        context.Context
	statements *prepared
}

// Row is specified by sqlstore.Queries.
func (q queries) Row(query string, args []any, dest ...any) (found bool, err error) {
	return q.statements.row(q.ctx, query, args, dest...)
}

// Each is specified by sqlstore.Queries.
func (q queries) Each(query string, args []any, scan func(sqlstore.Scanner) error) error {
	return q.statements.each(q.ctx, query, args, scan)
}
