package redisadapter_test

import (
	"context"
	"fmt"

	"github.com/redis/rueidis"

	"partychat/internal/realserver"
	"partychat/socketio"
	"partychat/socketio/redisadapter"
)

// Two servers share a namespace. Either could be a Node server with
// @socket.io/redis-adapter.
func Example() {
	redis, err := realserver.NewRedis(realserver.RedisOptions{}) // in production, your Redis
	if err != nil {
		fmt.Println(err)
		return
	}
	defer redis.Close()
	if err := redis.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}

	serve := func() (*socketio.Server, *redisadapter.Link, func()) {
		client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{redis.Address()}, DisableCache: true})
		if err != nil {
			panic(err)
		}
		link := redisadapter.New(client, redisadapter.Options{})
		server := socketio.NewServer(socketio.Options{NewAdapter: link.Adapter})
		if err := link.Ready(context.Background()); err != nil {
			panic(err)
		}
		return server, link, func() { link.Close(); client.Close() }
	}
	one, link, stopOne := serve()
	defer stopOne()
	two, _, stopTwo := serve()
	defer stopTwo()

	two.Of("/").ServerSide().On("ping", func(e *socketio.ServerEvent) { _ = e.Ack("pong") })
	answers, err := one.Of("/").ServerSide().EmitWithAck(context.Background(), "ping")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(answers[0].Raw()))
	servers, err := link.ServerCount(context.Background(), "/")
	fmt.Println(servers, err)
	// Output:
	// "pong"
	// 2 <nil>
}
