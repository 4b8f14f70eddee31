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

// Doctor checks the data folder, or the PostgreSQL that is used instead, changing
// nothing, and prints in sentences what it has found. It tells whether all is
// well; an error means that it could not look.
func Doctor(ctx context.Context, c config.Config, out io.Writer) (well bool, err error) {
	if c.DatabaseURL != "" {
		report, err := postgres.Check(ctx, c.DatabaseURL)
		if err != nil {
			return false, fmt.Errorf("cannot check the PostgreSQL database at %s: %w", place(c.DatabaseURL), err)
		}
		return tell(sqlite.Report(report), "database", place(c.DatabaseURL), out)
	}
	path := filepath.Join(c.Data, databaseFile)
	report, err := sqlite.Check(ctx, path)
	if err != nil {
		return false, fmt.Errorf("cannot check the data folder %s: %w", c.Data, err)
	}
	return tell(report, "folder", path, out)
}

// tell prints what has been found in the database at path, which is or is in a
// thing of that kind, and tells whether all is well.
func tell(report sqlite.Report, thing, path string, out io.Writer) (well bool, err error) {
	text := ""
	if report.Running {
		text += fmt.Sprintf("A server is using this %s. The check shows one moment.\n", thing)
	}
	for _, finding := range report.Findings {
		text += finding + "\n"
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
