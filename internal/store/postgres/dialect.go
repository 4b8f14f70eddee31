package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"partychat/internal/store/sqlstore"
)

// firstAdminKey is the key of the lock of those who make the first admin, on all
// servers together.
const firstAdminKey = guardKey + 1

// dialect is PostgreSQL's.
var dialect = sqlstore.Dialect{
	Join:  "JOIN",
	Least: "least", Greatest: "greatest",
	Joined: func(text string) string { return `string_agg(` + text + `, ' ')` },
	Rare:   func(condition string) string { return condition },
	Any:    func(column, parameter string) string { return column + ` = ANY (` + parameter + `)` },
	List:   func(slice any) (any, error) { return slice, nil },
	Page:   page,
	// Rows that only refer to the locked ones are not kept out.
	Lock:               func(alias string) string { return ` FOR NO KEY UPDATE OF ` + alias },
	LockToDelete:       ` FOR UPDATE`,
	LockFree:           ` FOR UPDATE SKIP LOCKED`,
	LockFirstAdmin:     `SELECT pg_advisory_xact_lock(` + strconv.FormatInt(firstAdminKey, 10) + `)`,
	KeepsMentions:      true,
	ShowsConversations: true,
	LockPair:           `SELECT pg_advisory_xact_lock(hashtextextended('invitation ' || $1::text, 0))`,
	IsForeignKey:       isForeignKey,
	IsUnique:           isUnique,
}

// page chooses the part of the timeline within, where the index gives it in order.
// What is behind so many bytes of text is counted and not sent: the length of a text
// is known without reading it.
func page(condition, order string) string {
	return `
SELECT r.seq, r.rev, coalesce(t.found, 0), ` + sqlstore.MessageColumns + ` FROM rooms r
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT t.*, sum(octet_length(t.body)) OVER w - octet_length(t.body) AS ahead, count(*) OVER () AS found
        FROM (SELECT * FROM messages t WHERE t.room = $1 AND ` + condition + ` ORDER BY ` + order + ` LIMIT $3) t
        WINDOW w AS (ORDER BY ` + order + ` ROWS UNBOUNDED PRECEDING)) t WHERE t.ahead <= $4) t ON true
LEFT JOIN users u ON u.id = t.author
WHERE r.id = $1 ORDER BY ` + order
}

var statements = sqlstore.NewStatements(dialect)

// database is how the shared parts use the store.
type database struct{ *core }

// Read is specified by sqlstore.Database. It runs once more if the connection breaks.
func (s database) Read(ctx context.Context, run func(sqlstore.Queries) error) error {
	return s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error { return run(queries{ctx, conn}) })
}

// Write is specified by sqlstore.Database.
func (s database) Write(ctx context.Context, run func(sqlstore.Tx) error) error {
	return s.write(ctx, func(tx *tx) error { return run(tx) })
}

// WriteBeside is specified by sqlstore.Database.
func (s database) WriteBeside(ctx context.Context, run func(sqlstore.Tx) error) error {
	return s.Write(ctx, run)
}

// Exec is specified by sqlstore.Database.
func (s database) Exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	return s.writeOne(ctx, query, args...)
}
