//go:build unix

// Command nodes serves the chat by two nodes on a PostgreSQL and a Redis of its
// own, for tests in other languages. Its arguments are settings, such as
// PARTYCHAT_CLASSIC=true. It prints the addresses of the nodes and of their pages as
// JSON, and ends when its standard input does.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"partychat/internal/app"
	"partychat/internal/config"
	"partychat/internal/obs"
	"partychat/internal/realserver"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	postgres, err := realserver.NewPostgres(realserver.PostgresOptions{NoFsync: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, postgres.Close()) }()
	if err := postgres.Start(ctx); err != nil {
		return err
	}
	if err := postgres.CreateDatabase(ctx, "chat"); err != nil {
		return err
	}
	redis, err := realserver.NewRedis(realserver.RedisOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, redis.Close()) }()
	if err := redis.Start(ctx); err != nil {
		return err
	}
	c, err := config.Load(pflag.NewFlagSet("nodes", pflag.ContinueOnError), append([]string{
		"DATABASE_URL=" + postgres.URL("chat"), "REDIS_URL=" + redis.URL(), "PORT=0", "PARTYCHAT_HOST=127.0.0.1",
	}, os.Args[1:]...))
	if err != nil {
		return err
	}
	return serve(ctx, c)
}

// serve runs two nodes until the standard input ends.
func serve(ctx context.Context, c config.Config) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	log, err := obs.NewLogger(os.Stderr, "error", "text")
	if err != nil {
		return err
	}
	var addresses struct {
		URLs  []string `json:"urls"`
		Pages []string `json:"pages"`
	}
	ended := make(chan error, 2)
	for range cap(ended) {
		node, err := app.New(ctx, c, log)
		if err != nil {
			return err
		}
		addresses.URLs, addresses.Pages = append(addresses.URLs, node.URL()), append(addresses.Pages, node.PagesURL())
		go func() { ended <- node.Run(ctx) }()
	}
	if err := json.NewEncoder(os.Stdout).Encode(addresses); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	return errors.Join(<-ended, <-ended)
}
