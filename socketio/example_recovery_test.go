package socketio_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	"partychat/socketio"
)

// A client whose connection breaks comes back as the same socket and receives the events that it has
// missed. Official clients do automatically what this one does by hand.
func ExampleRecovery() {
	server := socketio.NewServer(socketio.Options{Recovery: socketio.Recovery{MaxDuration: 2 * time.Minute}})
	news := server.Of("/")
	gone := make(chan bool, 1)
	news.OnConnect(func(s *socketio.Socket) {
		if s.Recovered() {
			return // its rooms and data are unchanged
		}
		s.Join("sports")
		_ = s.Emit("welcome") // fails if the client has gone already
	})
	news.OnDisconnect(func(*socketio.Socket, socketio.DisconnectReason) { gone <- true })
	web := httptest.NewServer(server)
	defer web.Close()

	ann := dial(web.URL, "")
	pid := between(ann.opened, `"pid":"`, `"`) // the official client keeps it
	offset := between(ann.hear(), `["welcome","`, `"`)
	ann.Close() // enters a tunnel
	<-gone
	if err := news.To("sports").Emit("score", 1, 0); err != nil {
		fmt.Println(err)
	}
	for range 100 { // until the server has noticed
		auth, _ := json.Marshal(map[string]string{"pid": pid, "offset": offset})
		if ann = dial(web.URL, string(auth)); strings.Contains(ann.opened, pid) {
			break
		}
		ann.Close()
	}
	defer ann.Close()
	fmt.Println(strings.HasPrefix(ann.hear(), `["score",1,0,`))
	// Output: true
}

// between returns the text between two others.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}
