package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"partychat/internal/config"
	"partychat/internal/store/sqlite"
)

// Backup copies the data folder's database into the new file to, and its files into a
// folder beside it, even while a server is running. It checks the copy as Doctor does, and prints the result. Well
// is false if the check found errors; an error means that there is no copy, or that
// it couldn't be checked.
func Backup(ctx context.Context, c config.Config, to string, out io.Writer) (well bool, err error) {
	files := savedFiles{from: filepath.Join(c.Data, filesFolder), to: to + backupFiles}
	if err := files.begin(ctx); err != nil {
		return false, fmt.Errorf("cannot back up the files of the data folder %s: %w", c.Data, err)
	}
	if err := sqlite.Backup(ctx, filepath.Join(c.Data, databaseFile), to); err != nil {
		return false, fmt.Errorf("cannot back up the data folder %s: %w", c.Data, err)
	}
	report, err := sqlite.Check(ctx, to)
	if err != nil {
		return false, fmt.Errorf("cannot check the copy %s: %w", to, err)
	}
	missing, err := files.end(ctx, report)
	if err != nil {
		return false, fmt.Errorf("cannot back up the files of the data folder %s: %w", c.Data, err)
	}
	report.Findings = append(report.Findings, missing...)
	return tell(report, "folder", to, out)
}
