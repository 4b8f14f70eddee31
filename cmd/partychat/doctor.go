package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const doctorText = `Check a data folder or, with --database-url, a PostgreSQL database: that no
message is missing, doubled or out of order, and that all data is consistent.
The command only reads, and you can run it while servers run.
The exit code is 0 if all is well, and 1 if something is wrong.

With --reindex, the command builds the search index anew instead. With a data
folder, stop the server first. With PostgreSQL, servers may run: searches find
less until the index is complete.`

func newDoctor(ctx context.Context, environ []string) *cobra.Command {
	reindex := false
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Check a data folder or a PostgreSQL database",
		Long:  doctorText,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if reindex {
				if err := app.Reindex(ctx, c, cmd.OutOrStdout()); err != nil {
					return &failure{err}
				}
				return nil
			}
			well, err := app.Doctor(ctx, c, cmd.OutOrStdout())
			switch {
			case err != nil:
				return &failure{err}
			case !well:
				return &failure{errors.New("the data needs attention")}
			}
			return nil
		},
	}
	command.Flags().BoolVar(&reindex, "reindex", false, "build the search index anew instead of checking")
	config.AddFlags(command.Flags(), "data", "database-url")
	return command
}
