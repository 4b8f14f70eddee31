package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const backupText = `Copy the database of a data folder into the new file FILE, and check the copy.
It may run beside a server, which goes on serving; the copy is how everything
was at one moment. To restore it, stop the server and use partychat restore.
The exit code is 0 if there is a whole copy and 1 if not.`

func newBackup(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy a data folder's database, also of a running server",
		Long:  backupText,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if c.DatabaseURL != "" && !cmd.Flags().Changed("data") {
				return &failure{errors.New("everything is in PostgreSQL; copy that with pg_dump, or name a data folder with --data")}
			}
			well, err := app.Backup(ctx, c, args[0], cmd.OutOrStdout())
			switch {
			case err != nil:
				return &failure{err}
			case !well:
				return &failure{errors.New("the data folder needs attention, and so does its copy")}
			}
			return nil
		},
	}
	config.AddFlags(command.Flags(), "data")
	return command
}
