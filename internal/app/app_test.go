package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// settings returns the defaults with a free port and the given data folder.
func settings(data string) config.Config {
	return config.Config{
		Data: data, Host: "127.0.0.1", DatabaseConnections: 8,
		SessionIdle: 30 * time.Minute, SessionMaxAge: time.Hour, GuestSessionIdle: 720 * time.Hour,
		LoginAttempts: 5, LoginAttemptsName: 50, LoginAttemptsAddress: 100, SignupsAddress: 100, SendRate: 30, RoomBurst: 30,
		MessageMax: 8000, MentionsMax: 50, RoomNameMax: 64, TopicMax: 256, PasswordMin: 8,
		PingInterval: 25 * time.Second, PingTimeout: 20 * time.Second, MaxPayload: 1_000_000,
		ShutdownTimeout: 2 * time.Minute,
	}
}

// running is a server under test.
type running struct {
	*App
	t    *testing.T
	stop func() // gracefully; to be called once
}

func start(t *testing.T, c config.Config) *running {
	t.Helper()
	return startLogging(t, c, slog.New(slog.DiscardHandler))
}

func startLogging(t *testing.T, c config.Config, log *slog.Logger) *running {
	t.Helper()
	a, err := New(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stopping: %v", err)
		}
	}
	t.Cleanup(func() {
		stop()
		http.DefaultClient.CloseIdleConnections()
	})
	return &running{App: a, t: t, stop: stop}
}

// call makes a REST request, checks its status and decodes the response body.
func (r *running) call(method, path, token string, body any, want int, into any) {
	r.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequest(method, r.URL()+path, bytes.NewReader(raw))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if response.StatusCode != want {
		r.t.Fatalf("%s %s: got %s %s, want %d", method, path, response.Status, text, want)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(text, into); err != nil {
		r.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

func (r *running) signUp(name string) (token string) {
	r.t.Helper()
	var answer struct{ Token string }
	r.call(http.MethodPost, "/api/v1/users", "", map[string]any{"username": name, "password": "correct horse", "token": true}, http.StatusCreated, &answer)
	return answer.Token
}

func (r *running) connect(token string, polling bool) *sioclient.Client {
	r.t.Helper()
	c, err := sioclient.Dial(r.URL(), sioclient.Options{Polling: polling, Auth: map[string]any{"protocol": 1, "token": token}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	if _, err := c.Await("ready"); err != nil {
		r.t.Fatal(err)
	}
	return c
}

// message waits for the next message:put.
func message(t *testing.T, c *sioclient.Client) wire.Message {
	t.Helper()
	raw, err := c.Await("message:put")
	if err != nil {
		t.Fatal(err)
	}
	var put wire.MessagePut
	if err := json.Unmarshal(raw, &put); err != nil {
		t.Fatal(err)
	}
	return put.Message
}

func TestF1_TwoPeopleChatAndARestartKeepsEverything(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	server := start(t, settings(data))
	ada, bob := server.signUp("ada"), server.signUp("bob")
	adaTab, bobTab := server.connect(ada, false), server.connect(bob, true)

	if _, err := adaTab.Command("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "by socket"}); err != nil {
		t.Fatal(err)
	}
	if got := message(t, bobTab); got.Body != "by socket" || got.Author.Username != "ada" {
		t.Errorf("bob got %+v, want ada's", got)
	}
	server.call(http.MethodPost, "/api/v1/rooms/1/messages", bob, map[string]any{"clientId": uuid.NewString(), "body": "by REST"}, http.StatusCreated, nil)
	if got := message(t, adaTab); got.Seq != 1 {
		t.Errorf("ada got seq %d first, want her own", got.Seq)
	}
	if got := message(t, adaTab); got.Body != "by REST" || got.Seq != 2 {
		t.Errorf("ada got %+v, want bob's as seq 2", got)
	}

	server.stop()
	for name, c := range map[string]*sioclient.Client{"over WebSocket": adaTab, "over polling": bobTab} {
		if told, err := c.AwaitClose(); err != nil || told {
			t.Errorf("%s: told not to reconnect: %t, %v; want a closed connection, so that the client reconnects", name, told, err)
		}
	}
	if info, err := os.Stat(data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("data folder: %v, %v, want permissions 0700", info.Mode(), err)
	}

	server = start(t, settings(data))
	var page wire.Page
	server.call(http.MethodGet, "/api/v1/rooms/1/messages", ada, nil, http.StatusOK, &page) // A6: the session lasts as well
	if len(page.Messages) != 2 || page.Messages[0].Body != "by socket" || page.Messages[1].Body != "by REST" {
		t.Errorf("after the restart: got %+v, want both messages", page.Messages)
	}
	again := server.connect(bob, false)
	if _, err := again.Command("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "back"}); err != nil {
		t.Fatal(err)
	}
	if got := message(t, again); got.Seq != 3 || got.Rev != page.Rev+1 {
		t.Errorf("after the restart: got seq %d, rev %d, want 3 and %d", got.Seq, got.Rev, page.Rev+1)
	}
}

func TestA7_LoggingOutByRESTClosesTheSessionsSockets(t *testing.T) {
	server := start(t, settings(t.TempDir()))
	token := server.signUp("ada")
	c := server.connect(token, false)
	server.call(http.MethodDelete, "/api/v1/session", token, nil, http.StatusNoContent, nil)
	if _, err := c.Await("session:ended"); err != nil {
		t.Error(err)
	}
	if told, err := c.AwaitClose(); err != nil || !told {
		t.Errorf("told not to reconnect: %t, %v, want true", told, err)
	}
}

func TestA7_AnOpenSocketKeepsItsSessionAliveAndIdleSessionsEnd(t *testing.T) {
	c := settings(t.TempDir())
	c.SessionIdle = 8 * time.Second
	server := start(t, c)
	token := server.signUp("ada")
	open := server.connect(token, false)
	var answer struct {
		User  wire.User
		Token string
	}
	server.call(http.MethodPost, "/api/v1/session", "", map[string]any{"username": "ada", "password": "correct horse", "token": true}, http.StatusOK, &answer)

	sessions := func() int {
		list, err := server.store.SessionsOfUser(t.Context(), answer.User.ID, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	await(t, "the idle session to end", func() bool { return sessions() == 1 })
	if _, err := open.Command("room:sync", wire.SyncCommand{Room: chat.MainRoom}); err != nil {
		t.Errorf("the session with a socket: %v, want it alive", err)
	}
	server.call(http.MethodGet, "/api/v1/session", token, nil, http.StatusOK, nil)
	server.call(http.MethodGet, "/api/v1/session", answer.Token, nil, http.StatusUnauthorized, nil)
}

// await polls until the condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("timed out waiting for %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestAllowedOriginsAreAcceptedEverywhereAndForeignOnesNowhere(t *testing.T) {
	c := settings(t.TempDir())
	c.AllowedOrigins = []string{"https://friend.example"}
	server := start(t, c)
	tests := []struct {
		name, origin string
		allowed      bool
	}{
		{"the server's own", server.URL(), true},
		{"an allowed one", "https://friend.example", true},
		{"a foreign one", "https://foe.example", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, target := range []struct{ method, path string }{
				{http.MethodGet, "/socket.io/?EIO=4&transport=polling"},
				{http.MethodPost, "/api/v1/users"},
			} {
				request, err := http.NewRequest(target.method, server.URL()+target.path, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Origin", test.origin)
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if refused := response.StatusCode == http.StatusForbidden; refused == test.allowed {
					t.Errorf("%s %s: got %s, want it allowed: %t", target.method, target.path, response.Status, test.allowed)
				}
			}
		})
	}
}

func TestAServerThatCannotStartGivesTheReasonInOneLine(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	first := start(t, settings(t.TempDir()))
	tests := []struct {
		name   string
		change func(*config.Config)
		want   string
	}{
		{"the port is in use", func(c *config.Config) { c.Port = busy.Addr().(*net.TCPAddr).Port }, "is in use by another program"},
		{"the address isn't this machine's", func(c *config.Config) { c.Host = "192.0.2.1" }, "cannot listen on 192.0.2.1:0"},
		{"the data folder is a file", func(c *config.Config) { c.Data = file }, "cannot use the data folder " + file},
		{"another server has the data folder", func(c *config.Config) { c.Data = first.config.Data }, "another server has this data folder open"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := settings(t.TempDir())
			test.change(&c)
			_, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, test.want)
			}
		})
	}
}

func TestURLWorksForABrowserOnThisMachine(t *testing.T) {
	for host, want := range map[string]string{
		"": "http://localhost:", "0.0.0.0": "http://localhost:", "::": "http://localhost:", "127.0.0.1": "http://127.0.0.1:",
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		a := &App{config: config.Config{Host: host}, listener: listener}
		if got := a.URL(); !strings.HasPrefix(got, want) || strings.HasSuffix(got, ":0") {
			t.Errorf("host %q: got %s, want %s and the port", host, got, want)
		}
		_ = listener.Close()
	}
}

func TestAStopUnderLoadLosesNoAcknowledgedMessage(t *testing.T) {
	const senders, enough = 6, 60
	data := filepath.Join(t.TempDir(), "data")
	c := settings(data)
	c.SendRate = 100_000
	server := start(t, c)
	token := server.signUp("ada")
	acknowledged := make(chan wire.Message, 100_000)
	var sending sync.WaitGroup
	clients := make([]*sioclient.Client, senders)
	for i := range clients {
		clients[i] = server.connect(token, i%2 == 1)
		sending.Go(func() {
			for {
				raw, err := clients[i].Command("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "x"})
				if err != nil {
					return // the connection has ended
				}
				var answer struct {
					OK      bool
					Error   wire.ErrorInfo
					Message wire.Message
				}
				if err := json.Unmarshal(raw, &answer); err != nil {
					t.Error(err)
					return
				}
				if !answer.OK {
					if answer.Error.Code != chat.CodeUnavailable || answer.Error.RetryAfter == 0 {
						t.Errorf("a send while the server stops: got %+v, want unavailable with a time to retry", answer.Error)
					}
					return
				}
				acknowledged <- answer.Message
			}
		})
	}
	for deadline := time.Now().Add(30 * time.Second); len(acknowledged) < enough; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d sends acknowledged, want %d", len(acknowledged), enough)
		}
	}
	server.stop()
	sending.Wait()
	close(acknowledged)
	for i, c := range clients {
		if told, err := c.AwaitClose(); err != nil || told {
			t.Errorf("client %d: told not to reconnect: %t, %v; want a closed connection", i, told, err)
		}
	}
	server = start(t, c)
	stored := map[int64]string{}
	for page := (wire.Page{More: true}); page.More; {
		server.call(http.MethodGet, fmt.Sprintf("/api/v1/rooms/1/messages?limit=200&after=%d", len(stored)), token, nil, http.StatusOK, &page)
		for _, m := range page.Messages {
			stored[m.Seq] = m.ClientID
		}
	}
	for m := range acknowledged {
		if stored[m.Seq] != m.ClientID {
			t.Errorf("message %d was acknowledged; got %q stored, want %q", m.Seq, stored[m.Seq], m.ClientID)
		}
	}
}
