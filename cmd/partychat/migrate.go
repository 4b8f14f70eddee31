package main

import (
	"context"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const migrateText = `Move everything from a data folder into an empty PostgreSQL database, and compare
every row of both. Stop the server first. The folder stays as it is. If the
command is interrupted, run it again: it continues. If you use a Redis, name it
too; otherwise everybody must log in again.`

func newMigrateStore(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "migrate-store",
		Short: "Move a data folder into PostgreSQL",
		Long:  migrateText,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if err := app.MigrateStore(ctx, c, cmd.OutOrStdout()); err != nil {
				return &failure{err}
			}
			return nil
		},
	}
	config.AddFlags(command.Flags(), "data", "database-url", "redis-url")
	return command
}
