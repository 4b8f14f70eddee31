package httpapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"partychat/internal/auth"
	"partychat/internal/blob"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/naming"
	"partychat/internal/picture"
	"partychat/internal/store/sqlitetest"
	"partychat/internal/wire"
)

const password = "correct horse"

// plainClient is an uncompressed web client.
var plainClient = fstest.MapFS{
	"worker.js":             {Data: []byte("self.addEventListener('fetch', () => {})" + strings.Repeat(" ", 2000))},
	"index.html":            {Data: []byte("<!doctype html><title>PartyChat</title>" + strings.Repeat("<p>page</p>", 200))},
	"assets/app-1a2b.js":    {Data: []byte(strings.Repeat("console.log('hello');", 200))},
	"assets/tiny-3c4d.css":  {Data: []byte("p{}")},
	"assets/logo-5e6f.svg":  {Data: []byte("<svg/>")},
	"favicon.ico":           {Data: []byte{0, 0, 1, 0}},
	"client/socket.io.js":   {Data: []byte(strings.Repeat("io();", 300))},
	".placeholder":          {Data: nil},
	"assets/noise-7a8b.bin": {Data: []byte(strings.Repeat("\x00\x9f\x13", 5))},
}

// builtClient is a web client as the build writes it: every file that compression shrinks exists
// only compressed, except the page.
var builtClient = func() fstest.MapFS {
	built := fstest.MapFS{}
	for name, file := range plainClient {
		if len(file.Data) < 1024 || name == "index.html" {
			built[name] = file
			continue
		}
		var gz, br, zst bytes.Buffer
		pack := func(w io.WriteCloser) {
			_, err := w.Write(file.Data)
			if err = errors.Join(err, w.Close()); err != nil {
				panic(err) // writing to a buffer cannot fail
			}
		}
		pack(gzip.NewWriter(&gz))
		pack(brotli.NewWriter(&br))
		encoder, err := zstd.NewWriter(&zst)
		if err != nil {
			panic(err) // the default options are valid
		}
		pack(encoder)
		built[name+".gz"], built[name+".br"], built[name+".zst"] = &fstest.MapFile{Data: gz.Bytes()}, &fstest.MapFile{Data: br.Bytes()}, &fstest.MapFile{Data: zst.Bytes()}
	}
	return built
}()

// unpacked returns the decompressed body of a response.
func unpacked(t *testing.T, a answerTo) []byte {
	t.Helper()
	body := io.Reader(bytes.NewReader(a.body))
	var err error
	switch coding := a.header.Get("Content-Encoding"); coding {
	case "":
	case "gzip":
		body, err = gzip.NewReader(body)
	case "br":
		body = brotli.NewReader(body)
	case "zstd":
		body, err = zstd.NewReader(body)
	default:
		t.Fatalf("the coding %q is none of ours", coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// clock is a manually advanced clock.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// server is the whole program behind HTTP, without the sockets.
type server struct {
	url      string
	clock    *clock
	sessions *auth.Sessions
	broker   *local.Broker
	ended    chan chat.SessionEnded
	chat     *chat.Chat
	document *document
}

type setup struct {
	options Options
	limits  auth.AttemptOptions
	sends   chat.Limiter
	makes   chat.Limiter
	policy  chat.Policy
	rules   chat.Limits
	budget  chat.Budget
	store   func(chat.Store) chat.Store
	noFiles bool
}

func newServer(t *testing.T, changes ...func(*setup)) *server {
	t.Helper()
	store := sqlitetest.Open(t)
	c := &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	unlimited := auth.Rate{Burst: -1}
	s := setup{
		options: Options{Files: builtClient, Version: "test", Health: func(context.Context) Health { return Health{Status: Ready} }},
		limits: auth.AttemptOptions{
			LogInPair: unlimited, LogInName: unlimited, LogInAddress: unlimited, SignUpName: unlimited, SignUpAddress: unlimited,
		},
		store: func(s chat.Store) chat.Store { return s },
	}
	for _, change := range changes {
		change(&s)
	}
	s.limits.Now = c.Now
	seen := s.store(store)

	broker := local.New()
	ended := make(chan chat.SessionEnded, 16)
	broker.Handle(func(e chat.Event) {
		if e, ok := e.(chat.SessionEnded); ok {
			ended <- e
		}
	})
	sessions := auth.NewSessions(seen, seen, broker, auth.SessionOptions{
		Now: c.Now, OverTLS: s.options.TrustedProxies.OverTLS,
		Fail: func(w http.ResponseWriter, _ *http.Request, err error) { WriteError(w, err) },
	})
	var keeper chat.FileKeeper
	if !s.noFiles {
		disk, err := blob.OpenDisk(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		keeper = blob.NewKeeper(disk, picture.NewPool(picture.Options{}), disk.Temporary())
	}
	o := s.options
	o.Sessions = sessions
	o.Attempts = auth.NewAttempts(s.limits)
	o.Chat = chat.New(chat.Deps{
		Store: seen, Broker: broker, Hasher: auth.NewArgon2(auth.Argon2Options{MemoryKiB: 64, Passes: 1}),
		Fold: auth.FoldName, Key: naming.SearchKey, Common: auth.IsCommonPassword, Presence: local.NewPresence(), Files: keeper, Push: chat.PushPolicy{Key: testPushKey}, Policy: s.policy, Limits: s.rules, Budget: s.budget, Sends: s.sends, Makes: s.makes, Now: c.Now, Log: slog.New(slog.DiscardHandler),
	})
	handler, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(Secure(handler, o.TrustedProxies, 0))
	t.Cleanup(func() {
		h.Close()
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &server{url: h.URL, clock: c, sessions: sessions, broker: broker, ended: ended, chat: o.Chat, document: newDocument(o)}
}

func serving(f fs.FS) func(*setup) { return func(s *setup) { s.options.Files = f } }

// client is a browser: it keeps cookies and does not follow redirects. With a token it is a
// program.
type client struct {
	*server
	t     *testing.T
	http  *http.Client
	token string
	me    wire.User
}

func (s *server) client(t *testing.T) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{server: s, t: t, http: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// member returns a client that has signed up.
func (s *server) member(t *testing.T, name string) *client {
	t.Helper()
	c := s.client(t)
	account := want[wire.Account](c, http.MethodPost, "/users", wire.NewAccount{Username: name, Password: password}, http.StatusCreated)
	c.me = account.User
	return c
}

// answerTo is a complete response.
type answerTo struct {
	status int
	header http.Header
	body   []byte
}

// send sends a modified request, and checks REST answers against the document.
func (c *client) send(method, path string, body io.Reader, changes ...func(*http.Request)) answerTo {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for _, change := range changes {
		change(r)
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answerTo{res.StatusCode, res.Header, b}
	if strings.HasPrefix(path, apiPath) {
		c.document.check(c.t, r, a)
	}
	return a
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// call calls REST with a JSON body: nil for none, a string unchanged.
func (c *client) call(method, path string, body any, changes ...func(*http.Request)) answerTo {
	c.t.Helper()
	switch b := body.(type) {
	case nil:
		return c.send(method, apiPath+path, nil, changes...)
	case string:
		return c.send(method, apiPath+path, strings.NewReader(b), changes...)
	}
	b, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(method, apiPath+path, bytes.NewReader(b), changes...)
}

// want calls REST and returns the answer, which must have the status.
func want[T any](c *client, method, path string, body any, status int) T {
	c.t.Helper()
	a := c.call(method, path, body)
	if a.status != status {
		c.t.Fatalf("%s %s: got %d %s, want %d", method, path, a.status, a.body, status)
	}
	var answer T
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &answer); err != nil {
			c.t.Fatalf("%s %s: the answer %s is no %T: %v", method, path, a.body, answer, err)
		}
	}
	return answer
}

// wantError checks the status and code of an answer, and its field unless "".
func wantError(t *testing.T, a answerTo, status int, code chat.Code, field string) wire.ErrorInfo {
	t.Helper()
	var body wire.ErrorBody
	if err := json.Unmarshal(a.body, &body); err != nil {
		t.Errorf("got %d %q, want an error body", a.status, a.body)
	}
	e := body.Error
	if a.status != status || e.Code != code || e.Message == "" || (field != "" && e.Field != field) {
		t.Errorf("got %d %s, want %d with the code %q and the field %q", a.status, a.body, status, code, field)
	}
	return e
}

func (c *client) room(name string, kind chat.RoomKind) wire.Subscription {
	c.t.Helper()
	return want[wire.SubscriptionAnswer](c, http.MethodPost, "/rooms", wire.NewRoom{Name: name, Topic: "about " + name, Kind: kind}, http.StatusCreated).Subscription
}

func (c *client) say(room chat.RoomID, body string) wire.Message {
	c.t.Helper()
	m := wire.NewMessage{ClientID: uuid.NewString(), Body: body}
	return want[wire.MessageAnswer](c, http.MethodPost, fmt.Sprintf("/rooms/%d/messages", room), m, http.StatusCreated).Message
}

func (c *client) cookie() *http.Cookie {
	c.t.Helper()
	u, err := url.Parse(c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range c.http.Jar.Cookies(u) {
		if cookie.Name == auth.CookieNameFor(u.Host, false) {
			return cookie
		}
	}
	return nil
}

// decode decodes the body of an answer.
func decode[T any](t *testing.T, a answerTo) (answer T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &answer); err != nil {
		t.Fatalf("got %d %s: %v", a.status, a.body, err)
	}
	return answer
}
