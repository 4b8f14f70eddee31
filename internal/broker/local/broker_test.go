package local_test

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"partychat/internal/broker/brokertest"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	brokertest.Run(t, func(*testing.T) chat.Broker { return local.New() })
}

func TestSubscribingWithoutAHandlerIsAnError(t *testing.T) {
	broker := local.New()
	t.Cleanup(func() { _ = broker.Close() })
	err := broker.Subscribe(t.Context(), chat.Topic{Room: 1})
	if !errors.Is(err, local.ErrNoHandler) {
		t.Errorf("Subscribe: got %v, want ErrNoHandler", err)
	}
}

func TestClosingWaitsForTheHandlerAndDropsTheRest(t *testing.T) {
	broker := local.New()
	entered, leave := make(chan struct{}), make(chan struct{})
	var handled []chat.Event
	broker.Handle(func(event chat.Event) {
		close(entered) // panics on a second call
		<-leave
		handled = append(handled, event)
	})
	if err := broker.Subscribe(t.Context(), chat.Topic{Room: 1}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := broker.Publish(t.Context(), chat.MemberGone{Room: 1}); err != nil {
			t.Fatal(err)
		}
	}
	<-entered
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if err := broker.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	// Publish fails as soon as Close has begun.
	for broker.Publish(t.Context(), chat.MemberGone{Room: 2}) == nil {
	}
	select {
	case <-closed:
		t.Error("Close returned while the handler was running")
	default:
	}
	close(leave)
	<-closed
	if len(handled) != 1 {
		t.Errorf("handled: got %d events, want the one that was under way", len(handled))
	}
}
