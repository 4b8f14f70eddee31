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
	// migratePatience is how many seconds a server waits for another one that
	// migrates, and how long it tries to lock the tables.
	migratePatience = 600
	// lockPatience is how long a migration waits for a table's users. Meanwhile,
	// new users of the table wait behind it, so that it must end before the running
	// servers' statements time out, after Options.Timeout.
	lockPatience = 2 * time.Second
	// lockPause is the pause before the next attempt, for those users.
	lockPause = 3 * time.Second
)

// migrate migrates the schema. If several servers start at the same time, one does
// it and the others wait.
func migrate(ctx context.Context, config *pgx.ConnConfig, options Options) error {
	config = config.Copy()
	setUp(config, options)
	config.RuntimeParams["application_name"] = "partychat migration"
	config.RuntimeParams["statement_timeout"] = "0" // changing a large table takes time
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
