package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const restoreText = `Check the backup FILE, and replace a data folder's database with a copy of it.
Stop the server first. The previous database stays in the folder under another
name, and the backup stays unchanged. A backup of an older version is upgraded.
The exit code is 0 if the backup is restored, and 1 if nothing has changed.`

func newRestore(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "restore FILE",
		Short: "Replace a data folder's database with a backup",
		Long:  restoreText,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if c.DatabaseURL != "" && !cmd.Flags().Changed("data") {
				return &failure{errors.New("all data is in PostgreSQL; restore it with pg_restore, or name a data folder with --data")}
			}
			well, err := app.Restore(ctx, c, args[0], cmd.OutOrStdout())
			switch {
			case err != nil:
				return &failure{err}
			case !well:
				return &failure{errors.New("the backup needs attention; the data folder is unchanged")}
			}
			return nil
		},
	}
	config.AddFlags(command.Flags(), "data")
	return command
}
