package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
)

const (
	// reindexBatch is how many messages Reindex adds in one transaction.
	reindexBatch = 2000
	// reindexReport is the interval between its reports.
	reindexReport = 2 * time.Second
)

// Reindex builds the search index of the data folder anew, or that of the PostgreSQL
// database if one is configured. If it is interrupted, servers continue.
func Reindex(ctx context.Context, c config.Config, out io.Writer) (err error) {
	store, err := openToReindex(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := store.ResetIndex(ctx); err != nil {
		return fmt.Errorf("cannot empty the search index: %w", err)
	}
	total := 0
	for said := time.Now(); ; {
		n, err := store.IndexMessages(ctx, reindexBatch)
		if err != nil {
			return fmt.Errorf("cannot add messages to the search index; servers will continue: %w", err)
		}
		if total += n; n == 0 {
			break
		}
		if time.Since(said) > reindexReport {
			_, _ = fmt.Fprintf(out, "%d messages added.\n", total)
			said = time.Now()
		}
	}
	_, err = fmt.Fprintf(out, "The search index is complete. Messages looked at: %d.\n", total)
	return err
}

// openToReindex opens the store: beside servers if it is PostgreSQL, otherwise alone.
func openToReindex(ctx context.Context, c config.Config) (chat.Store, error) {
	if c.DatabaseURL != "" {
		store, err := postgres.Open(ctx, postgres.Options{URL: c.DatabaseURL, Beside: true, Timeout: time.Minute})
		if err != nil {
			return nil, fmt.Errorf("cannot use the PostgreSQL database at %s: %w", redacted(c.DatabaseURL), err)
		}
		return store, nil
	}
	path := filepath.Join(c.Data, databaseFile)
	if err := sqlite.Exists(path); err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, sqlite.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("cannot use the data folder %s: %w", c.Data, err)
	}
	return store, nil
}
