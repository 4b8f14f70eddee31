package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"partychat/internal/app"
	"partychat/internal/config"
)

const userText = `List users, reset passwords, and change roles. You can run these commands while
servers use the same data folder or PostgreSQL. A server acts on a change within
a second: sessions end and roles change on every node.
Run the commands as the user that owns the data folder.`

// operate calls do with the database that the options name.
func operate(ctx context.Context, environ []string, cmd *cobra.Command, do func(*app.Operator) error) (err error) {
	c, err := config.Load(cmd.Flags(), environ)
	if err != nil {
		return err
	}
	operator, err := app.OpenOperator(ctx, c, cmd.OutOrStdout())
	if err == nil {
		err = errors.Join(do(operator), operator.Close())
	}
	if err != nil {
		return &failure{err}
	}
	return nil
}

func newUser(ctx context.Context, environ []string) *cobra.Command {
	command := newGroup("user", "List users, reset passwords, change roles", userText)
	list := &cobra.Command{
		Use: "list", Short: "List all users by name", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return operate(ctx, environ, cmd, func(o *app.Operator) error { return o.List(ctx) })
		},
	}
	command.AddCommand(list, newResetPassword(ctx, environ),
		newRole(ctx, environ, "promote NAME", "Make a member an admin of the server", (*app.Operator).Promote),
		newRole(ctx, environ, "demote NAME", "Make an admin of the server an ordinary member", (*app.Operator).Demote))
	for _, c := range command.Commands() {
		config.AddFlags(c.Flags(), "data", "database-url", "password-min")
	}
	return command
}

func newResetPassword(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "reset-password NAME",
		Short: "Set a new password, and end all of the member's sessions",
		Long:  "Set a new password for a member: a random one, which is printed, or with --stdin\none from standard input. All sessions of the member end within a second.",
		Args:  cobra.ExactArgs(1),
	}
	stdin := command.Flags().Bool("stdin", false, "read the password from the first line of standard input")
	command.RunE = func(cmd *cobra.Command, args []string) error {
		password := ""
		if *stdin {
			line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return &failure{err}
			}
			if password = strings.TrimRight(line, "\r\n"); password == "" {
				return &failure{errors.New("standard input has no password")}
			}
		}
		return operate(ctx, environ, cmd, func(o *app.Operator) error { return o.ResetPassword(ctx, args[0], password) })
	}
	return command
}

func newRole(
	ctx context.Context, environ []string, use, short string, change func(*app.Operator, context.Context, string) error,
) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return operate(ctx, environ, cmd, func(o *app.Operator) error { return change(o, ctx, args[0]) })
		},
	}
}

func newSetupLink(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "setup-link",
		Short: "Print a link that creates the server's first admin",
		Long:  "Print a link. The person who signs up with it becomes the server's first admin.\nIt works once within a day, on every node, and only while there is no admin.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return operate(ctx, environ, cmd, func(o *app.Operator) error { return o.SetupLink(ctx) })
		},
	}
	config.AddFlags(command.Flags(), "data", "database-url", "host", "port")
	return command
}
