// Command partychat is the chat server and its tools in one program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"partychat/internal/config"
)

// The exit codes, as in most programs: a failure, and a wrong call.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	root := newRoot(ctx, environ)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	var failed *failure
	var mistake *config.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &mistake) || !errors.As(err, &failed):
		_, _ = fmt.Fprintf(stderr, "partychat: %v (see partychat serve --help)\n", err)
		return exitUsage
	default:
		_, _ = fmt.Fprintf(stderr, "partychat: %v\n", err)
		return exitFailed
	}
}

// failure is an error of a command that was called correctly.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

func newRoot(ctx context.Context, environ []string) *cobra.Command {
	root := &cobra.Command{
		Use:           "partychat",
		Short:         "Self-hosted real-time chat",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(newServe(ctx, environ), newDoctor(ctx, environ), newBackup(ctx, environ), newRestore(ctx, environ), newHealthcheck(ctx, environ),
		newMigrateStore(ctx, environ), newUser(ctx, environ), newSetupLink(ctx, environ), newClassic(ctx, environ), newVersion())
	return root
}
