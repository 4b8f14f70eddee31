package main

import (
	"context"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const classicText = `Write and try dialects of the classic events, so that the pages of a chat tutorial
run on this server. docs/CLASSIC.md is the guide.`

func newClassic(ctx context.Context, environ []string) *cobra.Command {
	command := newGroup("classic", "Write and try dialects of the classic events", classicText)
	try := &cobra.Command{
		Use:   "try FILE",
		Short: "Play the steps of a dialect and print what each side receives",
		Long:  "Play the steps under “try” in a dialect's file, or in a built-in dialect such as cord,\nagainst a server of its own, and print what each side receives. Nothing is kept.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withConfig(environ, cmd, func(c config.Config) error {
				return app.TryDialect(ctx, c, args[0], cmd.OutOrStdout())
			})
		},
	}
	listen := &cobra.Command{
		Use:   "listen",
		Short: "Show what an unknown page sends, and draft a dialect for it",
		Long:  "Serve the page in the folder --pages, and print each event that it sends with the types\nof its arguments. Ctrl+C ends this and prints a draft of a dialect.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withConfig(environ, cmd, func(c config.Config) error {
				return app.Listen(ctx, c, cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	config.AddFlags(listen.Flags(), "host", "port", "pages")
	command.AddCommand(try, listen)
	return command
}

// withConfig calls do with the options.
func withConfig(environ []string, cmd *cobra.Command, do func(config.Config) error) error {
	c, err := config.Load(cmd.Flags(), environ)
	if err != nil {
		return err
	}
	if err := do(c); err != nil {
		return &failure{err}
	}
	return nil
}
