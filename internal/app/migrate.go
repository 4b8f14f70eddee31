package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
	"partychat/internal/store/transfer"
)

// MigrateStore copies everything from the data folder into PostgreSQL, and sessions
// into Redis if one is configured, then compares every row of both. The folder
// stays unchanged. It prints its progress; called again after an interruption, it
// continues. Its errors are sentences for the operator.
func MigrateStore(ctx context.Context, c config.Config, out io.Writer) (err error) {
	if c.DatabaseURL == "" {
		return errors.New("name the PostgreSQL database to move the data to, with --database-url or DATABASE_URL")
	}
	from, err := sqlite.OpenExport(ctx, filepath.Join(c.Data, databaseFile))
	if err != nil {
		return fmt.Errorf("cannot read the data folder %s: %w", c.Data, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := postgres.OpenImport(ctx, postgres.Options{URL: c.DatabaseURL})
	if err != nil {
		return fmt.Errorf("cannot use the PostgreSQL database at %s: %w", redacted(c.DatabaseURL), err)
	}
	defer to.Close(ctx)
	say := func(line string) { _, _ = fmt.Fprintln(out, line) }
	state, err := to.State(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the PostgreSQL database: %w", err)
	}
	if state == postgres.ImportOther {
		return alreadyThere(ctx, c, from, to, say)
	}
	return move(ctx, c, from, to, state, say)
}

func move(
	ctx context.Context, c config.Config, from *sqlite.Export, to *postgres.Import, state postgres.ImportState, say func(string),
) error {
	if state == postgres.ImportBegun {
		say("Continuing the interrupted move.")
	} else if err := to.Begin(ctx); err != nil {
		return fmt.Errorf("cannot begin: %w", err)
	}
	if err := transfer.Copy(ctx, from, to, say); err != nil {
		return fmt.Errorf("%w; run it again to continue", err)
	}
	var differ *transfer.DifferenceError
	if err := transfer.Compare(ctx, from, to, say); errors.As(err, &differ) {
		return fmt.Errorf("%w: the data folder has changed since an earlier run began; empty the PostgreSQL database and start over", err)
	} else if err != nil {
		return fmt.Errorf("%w; run it again to continue", err)
	}
	if err := moveFiles(ctx, c, from, say); err != nil {
		return err
	}
	if err := moveSessions(ctx, c, from, say); err != nil {
		return err
	}
	if err := to.End(ctx); err != nil {
		return fmt.Errorf("%w; run it again to continue", err)
	}
	say("Everything is in PostgreSQL. Start the server with --database-url or DATABASE_URL. The data folder is unchanged; keep it until you are sure.")
	return nil
}

// alreadyThere handles a PostgreSQL database that isn't empty. If it has the same
// contents, only sessions may still need moving; otherwise it is an error.
func alreadyThere(ctx context.Context, c config.Config, from *sqlite.Export, to *postgres.Import, say func(string)) error {
	var differ *transfer.DifferenceError
	err := transfer.Compare(ctx, from, to, func(string) {})
	if errors.As(err, &differ) {
		return errors.New("the PostgreSQL database already has other contents; give an empty one")
	}
	if err != nil {
		return err
	}
	say("Everything is already in PostgreSQL; every row is the same.")
	if err := moveFiles(ctx, c, from, say); err != nil {
		return err
	}
	return moveSessions(ctx, c, from, say)
}

// moveSessions copies the sessions that have not expired into Redis, if one is
// configured.
func moveSessions(ctx context.Context, c config.Config, from *sqlite.Export, say func(string)) error {
	if c.RedisURL == "" {
		return nil
	}
	moved, err := putSessions(ctx, c, from)
	if err != nil {
		return fmt.Errorf("cannot move the sessions into Redis: %w; run it again to continue", err)
	}
	say(fmt.Sprintf("sessions: %d moved into Redis.", moved))
	return nil
}

func putSessions(ctx context.Context, c config.Config, from *sqlite.Export) (moved int, err error) {
	client, err := redis.Connect(ctx, redis.Options{URL: c.RedisURL})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	sessions := redis.NewSessions(client)
	now := time.Now()
	err = transfer.Sessions(ctx, from, func(session chat.Session) error {
		if !session.ExpiresAt.After(now) {
			return nil
		}
		moved++
		return sessions.PutSession(ctx, session)
	})
	return moved, err
}
