package app

import (
	"testing"
	"time"

	"partychat/internal/sioclient"
)

func TestAPollingClientOnANewConnectionLearnsThatTheServerStops(t *testing.T) {
	c := settings(t.TempDir())
	c.FarewellTimeout = time.Hour // otherwise, the server would close the socket first
	server := start(t, c)
	token := server.signUp("ada")
	client, err := sioclient.Dial(server.URL(), sioclient.Options{
		Polling: true, Anew: true, Auth: map[string]any{"protocol": 1, "token": token},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Await("ready"); err != nil {
		t.Fatal(err)
	}
	server.stop()
	if _, err := client.Await("server:restart"); err != nil {
		t.Error(err)
	}
	if told, err := client.AwaitClose(); err != nil || told {
		t.Errorf("told not to reconnect: %t, %v; want a closed session, so that the client reconnects", told, err)
	}
}
