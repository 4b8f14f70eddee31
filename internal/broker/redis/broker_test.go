package redis_test

import (
	"testing"

	"partychat/internal/broker/brokertest"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestContract(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		next := databases(t)
		brokertest.Run(t, func(t *testing.T) chat.Broker { return newBroker(t, next()) })
	})
	t.Run("as a cluster", func(t *testing.T) {
		server := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
		brokertest.Run(t, func(t *testing.T) chat.Broker { return newBroker(t, server.URL()) })
	})
}
