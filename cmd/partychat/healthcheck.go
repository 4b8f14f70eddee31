package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"partychat/internal/config"
)

const healthcheckText = `Ask the server on this machine, at its --host and --port, whether it is ready.
This is the health check of container images, which have no other program.
The exit code is 0 if the server is ready, even if degraded, and 1 if it is not.`

// healthcheckTimeout is the time in which the server must answer.
const healthcheckTimeout = 5 * time.Second

func newHealthcheck(ctx context.Context, environ []string) *cobra.Command {
	command := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the server on this machine whether it is ready",
		Long:  healthcheckText,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags(), environ)
			if err != nil {
				return err
			}
			if err := healthcheck(ctx, c); err != nil {
				return &failure{err}
			}
			return nil
		},
	}
	config.AddFlags(command.Flags(), "host", "port")
	return command
}

// healthcheck fails unless the server reports that it is ready.
func healthcheck(ctx context.Context, c config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, healthcheckTimeout)
	defer cancel()
	host := c.Host
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	url := "http://" + net.JoinHostPort(host, strconv.Itoa(c.Port)) + "/readyz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no server answers: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10)) // for people; a part is sufficient
		return fmt.Errorf("the server is not ready: %s %s", response.Status, strings.Join(strings.Fields(string(body)), " "))
	}
	return nil
}
