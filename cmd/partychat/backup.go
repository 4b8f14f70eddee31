package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const backupText = `Copy the database of a data folder into the new file FILE, and check the copy.
You can run this command while a server runs; the copy shows one moment.
To restore it, stop the server and run partychat restore.
The exit code is 0 if the copy is complete, and 1 if not.`

func newBackup(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "backup FILE",
		Short: "Back up a data folder, even while its server runs",
		Long:  backupText,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if c.DatabaseURL != "" && !cmd.Flags().Changed("data") {
				return &failure{errors.New("all data is in PostgreSQL; back it up with pg_dump, or name a data folder with --data")}
			}
			well, err := app.Backup(ctx, c, args[0], cmd.OutOrStdout())
			switch {
			case err != nil:
				return &failure{err}
			case !well:
				return &failure{errors.New("the data folder and its copy need attention")}
			}
			return nil
		},
	}
	config.AddFlags(command.Flags(), "data")
	return command
}
