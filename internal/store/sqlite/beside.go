package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// openBeside opens the database for a command. Two processes may write to it: each
// transaction takes SQLite's own lock, and the server remembers nothing of accounts.
func openBeside(ctx context.Context, path string, options Options) (_ *Store, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no database yet (%s); start the server once: %w", path, err)
	}
	s := newStore(&core{}, options)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.writeDB, err = sql.Open("sqlite", writerDSN(path, options.BusyTimeout)); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s.writeDB.SetMaxOpenConns(1)
	want, err := newSchema()
	if err != nil {
		return nil, err
	}
	var there int64
	if err := s.writeDB.QueryRowContext(ctx, sqlVersion).Scan(&there); err != nil {
		return nil, fmt.Errorf("this is not a PartyChat database: %w", err)
	}
	if there != want.version {
		return nil, fmt.Errorf("the database is of version %d, and this program needs version %d: start the server of this version first", there, want.version)
	}
	return s, s.begin(ctx, path, options)
}
