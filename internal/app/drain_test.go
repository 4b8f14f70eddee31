package app

import (
	"net"
	"net/http"
	"testing"
	"time"

	"partychat/internal/gateway/sockettest"
)

func TestAPollingClientThatComesOverANewConnectionIsToldThatTheServerStops(t *testing.T) {
	c := settings(t.TempDir())
	c.FarewellTimeout = time.Hour // or the client would be cut
	server := start(t, c)
	token := server.signUp("ada")
	client, err := sockettest.Dial(server.URL(), sockettest.Options{
		Polling: true, Anew: true, Auth: map[string]any{"protocol": 1, "token": token},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Await("ready"); err != nil {
		t.Fatal(err)
	}
	server.stop()
	if told, err := client.AwaitClose(); err != nil || told {
		t.Errorf("told not to come back: %t, %v; want a closed session, which a client opens again", told, err)
	}
	if !client.Farewell() {
		t.Error("the client's last poll failed, want a close packet")
	}
}

func TestAConnectionThatIsAcceptedWhileTheServerStopsIsCut(t *testing.T) {
	var fresh freshConns
	early, earlyEnd := net.Pipe()
	late, lateEnd := net.Pipe()
	fresh.track(early, http.StateNew)
	fresh.close()
	fresh.track(late, http.StateNew)
	for name, end := range map[string]net.Conn{"before": earlyEnd, "while": lateEnd} {
		if _, err := end.Write([]byte("x")); err == nil {
			t.Errorf("a connection from %s the stop is open", name)
		}
	}
}
