package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"partychat/internal/config"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
)

// Doctor checks the data folder, or the PostgreSQL database if one is configured, and
// whether the bytes of all files are there, without changing anything, and prints the result in sentences. Well is false if
// the check found errors; an error means that it couldn't check.
func Doctor(ctx context.Context, c config.Config, out io.Writer) (well bool, err error) {
	if c.DatabaseURL != "" {
		report, err := withFiles(ctx, c, func() (sqlite.Report, error) { return postgres.Check(ctx, c.DatabaseURL) })
		if err != nil {
			return false, fmt.Errorf("cannot check the PostgreSQL database at %s: %w", redacted(c.DatabaseURL), err)
		}
		return tell(report, "database", redacted(c.DatabaseURL), out)
	}
	path := filepath.Join(c.Data, databaseFile)
	report, err := withFiles(ctx, c, func() (sqlite.Report, error) { return sqlite.Check(ctx, path) })
	if err != nil {
		return false, fmt.Errorf("cannot check the data folder %s: %w", c.Data, err)
	}
	return tell(report, "folder", path, out)
}

// tell prints the report about the database at path and reports whether it has no
// findings. Thing is the operator's word for what the database is kept in.
func tell(report sqlite.Report, thing, path string, out io.Writer) (well bool, err error) {
	text := ""
	if report.Running {
		text += fmt.Sprintf("A server is using this %s. The check shows one moment.\n", thing)
	}
	for _, finding := range report.Findings {
		text += finding + "\n"
	}
	if report.Jobs > 0 {
		text += fmt.Sprintf("Jobs waiting: %d, of which %d have failed and are retried.\n", report.Jobs, report.FailingJobs)
	}
	well = len(report.Findings) == 0
	if well {
		text += fmt.Sprintf("%s is intact. Users: %d, rooms: %d, messages: %d.\n", path, report.Users, report.Rooms, report.Messages)
	} else {
		text += fmt.Sprintf("%s has errors. Make a copy of the %s before you repair anything.\n", path, thing)
	}
	_, err = io.WriteString(out, text)
	return well, err
}
