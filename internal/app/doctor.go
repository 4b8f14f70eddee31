package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"partychat/internal/config"
	"partychat/internal/store/sqlite"
)

// Doctor checks the data folder, changing nothing, and prints in sentences what
// it has found. It tells whether all is well; an error means that it could not
// look.
func Doctor(ctx context.Context, c config.Config, out io.Writer) (well bool, err error) {
	path := filepath.Join(c.Data, databaseFile)
	report, err := sqlite.Check(ctx, path)
	if err != nil {
		return false, fmt.Errorf("cannot check the data folder %s: %w", c.Data, err)
	}
	if report.Running {
		if _, err := io.WriteString(out, "A server is running on this folder. This is how it was at one moment.\n"); err != nil {
			return false, err
		}
	}
	return tell(report, path, out)
}

// tell prints what has been found in the database at path, and tells whether all is well.
func tell(report sqlite.Report, path string, out io.Writer) (well bool, err error) {
	text := ""
	for _, finding := range report.Findings {
		text += finding + "\n"
	}
	well = len(report.Findings) == 0
	if well {
		text += fmt.Sprintf("%s is whole. Users: %d, rooms: %d, messages: %d.\n", path, report.Users, report.Rooms, report.Messages)
	} else {
		text += fmt.Sprintf("%s is not as it should be. Keep a copy of the folder before you do anything about it.\n", path)
	}
	_, err = io.WriteString(out, text)
	return well, err
}
