package local_test

import (
	"testing"

	"partychat/internal/broker/brokertest"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
)

func TestPresenceContract(t *testing.T) {
	brokertest.RunPresence(t, func(*testing.T) chat.PresenceLeases { return local.NewPresence() })
}
