package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"partychat/internal/config"
	"partychat/internal/store/sqlite"
)

// Backup copies the data folder's database into the new file to, even while a
// server is running. It checks the copy as Doctor does, and prints the result. Well
// is false if the check found errors; an error means that there is no copy, or that
// it couldn't be checked.
func Backup(ctx context.Context, c config.Config, to string, out io.Writer) (well bool, err error) {
	if err := sqlite.Backup(ctx, filepath.Join(c.Data, databaseFile), to); err != nil {
		return false, fmt.Errorf("cannot back up the data folder %s: %w", c.Data, err)
	}
	report, err := sqlite.Check(ctx, to)
	if err != nil {
		return false, fmt.Errorf("cannot check the copy %s: %w", to, err)
	}
	return tell(report, "folder", to, out)
}
