package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// migratePatience is how many seconds a server waits for another one that is
	// changing the schema, and how long it tries to get at the tables.
	migratePatience = 600
	// lockPatience is how long a change waits for those who use a table. Behind it
	// all others wait who want to use it: it must end before the statements of the
	// servers that are running give up, which is after Options.Timeout.
	lockPatience = 2 * time.Second
	// lockPause is how long those others have until it is tried again.
	lockPause = 3 * time.Second
)

// migrate brings the schema up to date. Of servers that start at the same moment
// one does it, and the others wait.
func migrate(ctx context.Context, config *pgx.ConnConfig, options Options) error {
	config = config.Copy()
	setUp(config, options)
	config.RuntimeParams["application_name"] = "partychat migration"
	config.RuntimeParams["statement_timeout"] = "0" // a change of a large table takes its time
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(min(lockPatience, options.Timeout/2).Milliseconds(), 10)
	for end := time.Now().Add(migratePatience * time.Second); ; {
		err := change(ctx, config, options.Log)
		if code := codeOf(err); code != codeLockTimeout && code != codeDeadlock || time.Now().After(end) {
			return err
		}
		options.Log.Warn("cannot upgrade the database while its tables are in use; retrying", "error", err)
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return err
		}
	}
}

// change is one attempt at migrate.
func change(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) (err error) {
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	var encoding string
	if err := db.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s; create it with ENCODING 'UTF8'", encoding)
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
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return err
	}
	if pending && version > 0 {
		log.Info("upgrading the database; a large one takes a while")
	}
	_, err = provider.Up(ctx)
	return err
}
