// Command partychat is the chat server and its tools in one program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"partychat/internal/config"
)

// Exit codes: the command failed, or it was called incorrectly.
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
	root.SetArgs(append([]string{}, args...)) // nil would make cobra read os.Args
	root.SetOut(stdout)
	root.SetErr(stderr)
	called, err := root.ExecuteC()
	var failed *failure
	var mistake *config.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &mistake) || !errors.As(err, &failed):
		_, _ = fmt.Fprintf(stderr, "partychat: %v (see %s --help)\n", err, called.CommandPath())
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
	root := newGroup("partychat", "Self-hosted real-time chat", "")
	root.SilenceUsage, root.SilenceErrors = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(newServe(ctx, environ), newDoctor(ctx, environ), newBackup(ctx, environ), newRestore(ctx, environ), newHealthcheck(ctx, environ),
		newMigrateStore(ctx, environ), newUser(ctx, environ), newSetupLink(ctx, environ), newClassic(ctx, environ), newVersion())
	return root
}

// newGroup returns a command that only has subcommands. It parses its arguments itself, because
// cobra would report a flag after a mistyped command instead of the command.
func newGroup(use, short, long string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long,
		Args:               cobra.ArbitraryArgs,
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 || args[0] == "--help" || args[0] == "-h":
				return cmd.Help()
			case strings.HasPrefix(args[0], "-"):
				flag, _, _ := strings.Cut(args[0], "=")
				return fmt.Errorf("unknown flag: %s", flag)
			}
			return fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
		},
	}
}
