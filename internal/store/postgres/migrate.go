package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migratePatience is how many seconds a server waits for another one that is
// changing the schema.
const migratePatience = 600

// migrate brings the schema up to date. Of servers that start at the same moment
// one does it, and the others wait.
func migrate(ctx context.Context, config *pgx.ConnConfig, options Options) (err error) {
	config = config.Copy()
	setUp(config, options)
	config.RuntimeParams["application_name"] = "partychat migration"
	config.RuntimeParams["statement_timeout"] = "0" // a change of a large table takes its time
	config.RuntimeParams["lock_timeout"] = "0"
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	var encoding string
	if err := db.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("it keeps texts as %s; make it with ENCODING 'UTF8'", encoding)
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, migratePatience))
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, folder,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
