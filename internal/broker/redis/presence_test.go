package redis_test

import (
	"testing"

	"partychat/internal/broker/brokertest"
	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestPresenceContract(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		next := databases(t)
		brokertest.RunPresence(t, func(t *testing.T) chat.PresenceLeases {
			return redis.NewPresence(connect(t, next()), redis.PresenceOptions{})
		})
	})
	t.Run("as a cluster", func(t *testing.T) {
		brokertest.RunPresence(t, func(t *testing.T) chat.PresenceLeases {
			server := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
			return redis.NewPresence(connect(t, server.URL()), redis.PresenceOptions{})
		})
	})
}
