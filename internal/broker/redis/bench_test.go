package redis_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

// BenchmarkPublish measures events from one node to another, until all have arrived, and their cost
// at Redis.
func BenchmarkPublish(b *testing.B) {
	server := realserver.RedisServer(b, realserver.RedisOptions{})
	message := chat.MessagePut{Message: &chat.Message{
		Room: 5, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Author: chat.Author{ID: 4503599627370496, Username: "ann", Kind: chat.KindMember},
		Kind: chat.MessageText, Body: strings.Repeat("hello world ", 4), CreatedAt: time.Date(2026, 3, 1, 12, 30, 0, 123e6, time.UTC),
	}}
	arrived := make(chan struct{}, 1000)
	var brokers []*redis.Broker
	for i := range 2 {
		client, err := redis.Connect(b.Context(), redis.Options{URL: server.URL()})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(client.Close)
		broker := redis.NewBroker(client, redis.BrokerOptions{})
		b.Cleanup(func() { _ = broker.Close() })
		broker.Handle(func(chat.Event) {
			if i == 1 {
				arrived <- struct{}{}
			}
		})
		if err := broker.Subscribe(b.Context(), chat.Topic{Room: 5}); err != nil {
			b.Fatal(err)
		}
		brokers = append(brokers, broker)
	}
	before := stats(b, server)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		// Real publishers wait for a commit, so the number in flight is limited.
		if i >= cap(arrived) {
			<-arrived
		}
		message.Message.Seq, message.Message.Rev = int64(i+1), int64(i+1)
		if err := brokers[0].Publish(b.Context(), message); err != nil {
			b.Fatal(err)
		}
	}
	for range min(b.N, cap(arrived)) {
		<-arrived
	}
	b.StopTimer()
	after := stats(b, server)
	for name, unit := range map[string]string{
		"total_commands_processed": "commands/op", "total_net_input_bytes": "B-in/op", "total_net_output_bytes": "B-out/op",
	} {
		b.ReportMetric(float64(after[name]-before[name])/float64(b.N), unit)
	}
}

func stats(b *testing.B, server *realserver.Redis) map[string]int64 {
	b.Helper()
	info, err := server.Do(b.Context(), "INFO", "stats")
	if err != nil {
		b.Fatal(err)
	}
	numbers := make(map[string]int64)
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			numbers[name] = n
		}
	}
	if len(numbers) == 0 {
		b.Fatal(fmt.Errorf("no numbers in %q", info))
	}
	return numbers
}
