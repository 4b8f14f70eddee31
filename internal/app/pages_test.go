package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// withPages returns settings with a folder of pages that has an index.html.
func withPages(t *testing.T) config.Config {
	t.Helper()
	c := settings(t.TempDir())
	c.Classic, c.Pages = true, t.TempDir()
	if err := os.WriteFile(filepath.Join(c.Pages, "index.html"), []byte("<script>own</script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// cookieOf signs up and returns the session's cookie, as browsers send it.
func (r *running) cookieOf(name string) http.Header {
	r.t.Helper()
	body, err := json.Marshal(map[string]any{"username": name, "password": "correct horse"})
	if err != nil {
		r.t.Fatal(err)
	}
	response, err := http.Post(r.URL()+"/api/v1/users", "application/json", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	_ = response.Body.Close()
	header := http.Header{}
	for _, cookie := range response.Cookies() {
		header.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	if len(header) == 0 {
		r.t.Fatalf("sign-up: got %s without a cookie", response.Status)
	}
	return header
}

// authorThroughPages writes a message through a socket of the pages' port, and returns
// its author.
func (r *running) authorThroughPages(header http.Header, polling bool) string {
	r.t.Helper()
	c, err := sioclient.Dial(r.PagesURL(), sioclient.Options{Header: header, Polling: polling})
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Command("chat message", "hello"); err != nil {
		r.t.Fatal(err)
	}
	var page wire.Page
	r.call(http.MethodGet, "/api/v1/rooms/1/messages", r.reader(), nil, http.StatusOK, &page)
	if len(page.Messages) == 0 {
		r.t.Fatal("the message is not in the room")
	}
	return page.Messages[len(page.Messages)-1].Author.Username
}

// reader returns the token of a user who only reads.
func (r *running) reader() string {
	r.t.Helper()
	return r.signUp("reader-" + uuid.NewString()[:8])
}

func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode, string(body)
}

func TestPagesHaveAnOriginOfTheirOwn(t *testing.T) {
	server := start(t, withPages(t))
	if server.PagesURL() == server.URL() {
		t.Fatalf("the pages are at %s, where the web client is", server.URL())
	}
	const own = "<script>own</script>"
	for path, want := range map[string]string{"/": own, "/home": "", "/login": "", "/api/v1/session": "", "/healthz": "", "/none.js": ""} {
		if status, body := get(t, server.PagesURL()+path); want != "" && (status != http.StatusOK || body != want) || want == "" && status != http.StatusNotFound {
			t.Errorf("%s at the pages' port: got %d, %q, want %q", path, status, body, want)
		}
		if _, body := get(t, server.URL()+path, "Accept", "text/html"); body == own {
			t.Errorf("%s at the web client's port shows the pages", path)
		}
	}
	if status, body := get(t, server.PagesURL()+"/socket.io/socket.io.js"); status != http.StatusOK && status != http.StatusNotFound || strings.Contains(body, own) {
		t.Errorf("the client's script: got %d, %.40q", status, body)
	}
	// The pages' origin may connect to the pages' port, but not to the web
	// client's.
	for url, want := range map[string]int{server.PagesURL(): http.StatusOK, server.URL(): http.StatusForbidden} {
		if status, body := get(t, url+"/socket.io/?EIO=4&transport=polling", "Origin", server.PagesURL()); status != want {
			t.Errorf("a page's connection to %s: got %d, %q, want %d", url, status, body, want)
		}
	}
}

func TestPagesDoNotActAsTheLoggedInUser(t *testing.T) {
	c := withPages(t)
	server := start(t, c)
	for _, polling := range []bool{false, true} {
		if got := server.authorThroughPages(server.cookieOf("ada"+transportName(polling)), polling); got != "guest" {
			t.Errorf("%s with the cookie of the web client: got a message by %s, want one by a guest", transportName(polling), got)
		}
	}
	var refused *sioclient.RefusedError
	header := http.Header{"Authorization": {"Bearer " + server.signUp("tom")}}
	if client, err := sioclient.Dial(server.PagesURL(), sioclient.Options{Header: header, Query: "protocol=1"}); !errors.As(err, &refused) {
		t.Errorf("with an Authorization header: got %v, want it refused", err)
		if err == nil {
			client.Close()
		}
	}
}

func TestPagesOfAnAllowedOriginActAsTheLoggedInUser(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := withPages(t)
	c.PagesPort = free.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // TCP has just been asked for
	_ = free.Close()
	c.AllowedOrigins = []string{"http://" + free.Addr().String()}
	server := start(t, c)
	if got := server.authorThroughPages(server.cookieOf("ada"), false); got != "ada" {
		t.Errorf("got a message by %s, want one by ada", got)
	}
}

func TestPagesThatCannotConnectAreLogged(t *testing.T) {
	c := withPages(t)
	c.Classic = false
	log := &syncBuffer{}
	startLogging(t, c, slog.New(slog.NewTextHandler(log, nil)))
	log.await(t, "pages cannot connect")
}

func TestAServerThatCannotServeItsPagesGivesTheReason(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	for want, change := range map[string]func(*config.Config){
		"--pages-port":                     func(c *config.Config) { c.PagesPort = busy.Addr().(*net.TCPAddr).Port }, //nolint:forcetypeassert // TCP has just been asked for
		"cannot serve the folder of pages": func(c *config.Config) { c.Pages = filepath.Join(c.Pages, "none") },
	} {
		c := withPages(t)
		change(&c)
		if _, err := New(t.Context(), c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func transportName(polling bool) string {
	if polling {
		return "polling"
	}
	return "websocket"
}

func TestPagesAreGreetedUnlessTheirCodeSpeaksFirst(t *testing.T) {
	for code, quiet := range map[string]bool{
		`<script>s.emit('joinRoom', {}); s.emit('chatMessage', text)</script>`: true,
		`<script>s.emit('SEND_MESSAGE', text)</script>`:                        false,
		`<script>s.emit('something else')</script>`:                            false,
	} {
		c := withPages(t)
		if err := os.WriteFile(filepath.Join(c.Pages, "index.html"), []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := areQuiet(c.Pages, dialect.Builtin()); got != quiet {
			t.Errorf("%s: quiet: %t, want %t", code, got, quiet)
		}
		c.ClassicGreetAfter = time.Millisecond
		server := start(t, c)
		greeted := func(url string) {
			t.Helper()
			client, err := sioclient.Dial(url, sioclient.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.Close)
			if event, err := client.Next(); err != nil || event.Name != "message" {
				t.Errorf("got %q, %v, want a greeting", event.Name, err)
			}
		}
		greeted(server.URL()) // pages elsewhere always are
		if !quiet {
			greeted(server.PagesURL())
			continue
		}
		client, err := sioclient.Dial(server.PagesURL(), sioclient.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		greeted(server.URL()) // later, so that the other page's moment has passed
		if pending := client.Pending(); len(pending) > 0 {
			t.Errorf("a quiet page got %s", pending[0].Name)
		}
	}
}
