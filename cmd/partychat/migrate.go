package main

import (
	"context"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const migrateText = `Move everything from a data folder into a PostgreSQL database that is empty, and
compare every row of both afterwards. No server may run on the folder, which
stays as it is. If it is interrupted, run it again: it continues. With a Redis,
give it too, or everybody has to log in again.`

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
