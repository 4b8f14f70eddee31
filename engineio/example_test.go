package engineio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"partychat/engineio"
)

// echo answers every message with the same text.
type echo struct{ session *engineio.Session }

func (e echo) OnMessage(data []byte, _ bool) { _ = e.session.Send(engineio.NewText(data)) }

func (e echo) OnClose(reason engineio.CloseReason) {}

func Example() {
	server := engineio.NewServer(engineio.Options{}, func(s *engineio.Session, _ *http.Request) engineio.Receiver {
		return echo{s}
	})
	mux := http.NewServeMux()
	mux.Handle("/engine.io/", server)
	web := httptest.NewServer(mux)
	defer web.Close()

	url := web.URL + "/engine.io/?EIO=4&transport=polling"
	url += "&sid=" + sid(get(url)) // from the handshake
	post(url, "4hello")
	fmt.Println(get(url))
	// Output: 4hello
}

// hub sends each message to all sessions.
type hub struct {
	mu       sync.Mutex
	sessions map[*engineio.Session]bool
}

// member is a session of a hub.
type member struct {
	*engineio.Session
	hub *hub
}

func (h *hub) accept(s *engineio.Session, _ *http.Request) engineio.Receiver {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sessions[s] = true
	return member{s, h}
}

func (m member) OnMessage(data []byte, _ bool) {
	message := engineio.NewText(data) // encoded and framed once
	m.hub.mu.Lock()
	defer m.hub.mu.Unlock()
	for session := range m.hub.sessions {
		_ = session.Send(message) // a session that has ended is about to be removed
	}
}

func (m member) OnClose(engineio.CloseReason) {
	m.hub.mu.Lock()
	defer m.hub.mu.Unlock()
	delete(m.hub.sessions, m.Session)
}

// Create a message for many clients once.
func ExampleNewText() {
	h := &hub{sessions: make(map[*engineio.Session]bool)}
	web := httptest.NewServer(engineio.NewServer(engineio.Options{}, h.accept))
	defer web.Close()

	url := web.URL + "/engine.io/?EIO=4&transport=polling"
	ann, bob := url+"&sid="+sid(get(url)), url+"&sid="+sid(get(url))
	post(ann, "4hello")
	fmt.Println(get(ann), get(bob))
	// Output: 4hello 4hello
}

// get polls and post sends, like a client.
func get(url string) string {
	return body(http.Get(url))
}

func post(url, payload string) {
	body(http.Post(url, "text/plain", strings.NewReader(payload)))
}

func body(resp *http.Response, err error) string {
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// sid finds the session's id in a handshake: 0{"sid":"…",…}.
func sid(open string) string { return strings.Split(open, `"`)[3] }
