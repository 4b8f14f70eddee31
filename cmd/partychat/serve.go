package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
	"partychat/internal/obs"
)

const serveText = `Serve the web client, the API and Socket.IO on one port, and your own pages on another.

Usage: partychat serve [--option value …]

`

func newServe(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the chat",
		Args:  func(_ *cobra.Command, args []string) error { return config.NoArguments(args) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			return serve(ctx, c, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	config.AddFlags(command.Flags())
	command.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_, _ = fmt.Fprint(cmd.OutOrStdout(), serveText+config.Help())
	})
	return command
}

// serve runs the server until the context ends.
func serve(ctx context.Context, c config.Config, stdout, stderr io.Writer) error {
	log, err := obs.NewLogger(stderr, c.LogLevel, c.LogFormat)
	if err != nil {
		return &failure{err}
	}
	a, err := app.New(ctx, c, log)
	if err != nil {
		return &failure{err}
	}
	ready := fmt.Sprintf("PartyChat is ready at %s\n", a.URL())
	if pages := a.PagesURL(); pages != "" {
		ready += fmt.Sprintf("Your pages are at %s\n", pages)
	}
	if _, err := io.WriteString(stdout, ready); err != nil {
		log.Warn("cannot print the address", "error", err)
	}
	if err := a.Run(ctx); err != nil {
		return &failure{err}
	}
	return nil
}
