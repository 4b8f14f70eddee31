package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"partychat/internal/config"
	"partychat/internal/store/sqlite"
)

// Restore replaces the data folder's database by a copy of the backup from, adds the
// backup's files, and prints the result. No server may have the database open. Well is false if the
// backup has errors. Then, and after an error, the folder's database is unchanged.
func Restore(ctx context.Context, c config.Config, from string, out io.Writer) (well bool, err error) {
	path := filepath.Join(c.Data, databaseFile)
	now := time.Now()
	files := restoredFiles{from: from + backupFiles, to: filepath.Join(c.Data, filesFolder)}
	done, err := sqlite.Restore(ctx, from, path, now, func(report sqlite.Report) ([]string, error) {
		return files.bring(ctx, report)
	})
	if err != nil {
		return false, fmt.Errorf("cannot restore into the data folder %s: %w", c.Data, err)
	}
	if len(done.Report.Findings) > 0 {
		return tell(done.Report, "backup", from, out)
	}
	if aside, err := files.setAside(ctx, done.Report, now); err != nil {
		return false, fmt.Errorf("cannot move the files of the previous database aside: %w", err)
	} else if aside != "" {
		if _, err := fmt.Fprintf(out, "Files that only the previous database has are now in %s.\n", aside); err != nil {
			return true, err
		}
	}
	if done.Aside != "" {
		if _, err := fmt.Fprintf(out, "The previous database is now %s.\n", done.Aside); err != nil {
			return true, err
		}
	}
	return tell(done.Report, "folder", path, out)
}
