package redis_test

import (
	"testing"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/storetest"
)

func TestSessionsContract(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		next := databases(t)
		storetest.RunSessions(t, func(t *testing.T) chat.SessionStore { return redis.NewSessions(connect(t, next())) })
	})
	t.Run("as a cluster", func(t *testing.T) {
		storetest.RunSessions(t, func(t *testing.T) chat.SessionStore {
			server := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
			return redis.NewSessions(connect(t, server.URL()))
		})
	})
}
