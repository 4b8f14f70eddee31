package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
	"partychat/internal/obs"
)

const serveText = `Serve the chat: pages, API and Socket.IO, on one port.

Usage: partychat serve [--option value …]

`

func newServe(environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the chat",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			return serve(cmd, c)
		},
	}
	config.AddFlags(command.Flags())
	command.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_, _ = fmt.Fprint(cmd.OutOrStdout(), serveText+config.Help())
	})
	return command
}

// serve runs the server until the command's context ends.
func serve(cmd *cobra.Command, c config.Config) error {
	log, err := obs.NewLogger(cmd.ErrOrStderr(), c.LogLevel, c.LogFormat)
	if err != nil {
		return &failure{err}
	}
	a, err := app.New(cmd.Context(), c, log)
	if err != nil {
		return &failure{err}
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "PartyChat is ready at %s\n", a.URL()); err != nil {
		log.Warn("the address was not printed", "error", err)
	}
	if err := a.Run(cmd.Context()); err != nil {
		return &failure{err}
	}
	return nil
}
