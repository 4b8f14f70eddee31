package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	_ "github.com/jackc/pgx/v5/stdlib"

	"partychat/bench/archive"
)

// measureSpace compares the size of the index with that of the texts, both in bytes.
func measureSpace(ctx context.Context, folder, url string, texts archive.Texts) (sentence string, err error) {
	driver, source := "sqlite", "file:"+filepath.ToSlash(texts.Path(folder))+"?mode=ro"
	index := `SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND (name LIKE 'search_%' OR name LIKE 'sqlite_autoindex_search_%')`
	if url != "" {
		driver, source = "pgx", url
		index = `SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'search\_%'`
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var count, text, space int64
	body := `octet_length(body)`
	if url == "" {
		body = `length(CAST(body AS BLOB))`
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*), sum(`+body+`) FROM messages`).Scan(&count, &text); err != nil {
		return "", err
	}
	if err := db.QueryRowContext(ctx, index).Scan(&space); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d messages in %d rooms, %.0f bytes each. The index has %.0f MB, %.2f of the texts.", count, texts.Rooms,
		float64(text)/float64(count), float64(space)/1e6, float64(space)/float64(text)), nil
}
