package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"partychat/internal/obs"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "partychat %s\n", obs.Version())
			return err
		},
	}
}
