package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const restoreText = `Put a copy of the backup FILE in the place of a data folder's database, after
checking it. No server may run on the folder. The database from before stays in
the folder under another name, and the backup as it is; one that an older version
has made is brought up to date.
The exit code is 0 if that is done and 1 if nothing has changed.`

func newRestore(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of a data folder's database",
		Long:  restoreText,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if c.DatabaseURL != "" && !cmd.Flags().Changed("data") {
				return &failure{errors.New("everything is in PostgreSQL; restore that with pg_restore, or name a data folder with --data")}
			}
			well, err := app.Restore(ctx, c, args[0], cmd.OutOrStdout())
			switch {
			case err != nil:
				return &failure{err}
			case !well:
				return &failure{errors.New("the backup needs attention; the data folder has not been changed")}
			}
			return nil
		},
	}
	config.AddFlags(command.Flags(), "data")
	return command
}
