package app

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/pflag"

	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/sioclient"
)

// defaults returns the options with their default values.
func defaults(t *testing.T) config.Config {
	t.Helper()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(flags)
	c, err := config.Load(flags, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryBuiltinDialectPlaysItsExample(t *testing.T) {
	for _, table := range dialect.Builtin().Tables() {
		t.Run(table.Name, func(t *testing.T) {
			var out bytes.Buffer
			if len(table.Try) == 0 {
				if err := TryDialect(t.Context(), defaults(t), table.Name, &out); err == nil || !strings.Contains(err.Error(), "no steps") {
					t.Errorf("got %v, want an error that says that there is nothing to play", err)
				}
				return
			}
			if err := TryDialect(t.Context(), defaults(t), table.Name, &out); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			for _, step := range table.Try {
				if step.Event != "" && !strings.Contains(out.String(), step.Who+" → "+step.Event) {
					t.Errorf("the step %s of %s is missing in the output:\n%s", step.Event, step.Who, out.String())
				}
			}
			if !strings.Contains(out.String(), " ← ") {
				t.Errorf("nobody received anything:\n%s", out.String())
			}
			if want := `bob ← activeUsers {"activeUsers":["ann","bob"],"newUser":"bob","room":"den"}`; table.Client == 2 && !strings.Contains(out.String(), want) {
				t.Errorf("an old client does not receive %s:\n%s", want, out.String())
			}
		})
	}
}

func TestATrialShowsWhatEachSideReceives(t *testing.T) {
	file := filepath.Join(t.TempDir(), "net.yaml")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const table = "in:\n  hush: stop\n  shout: {do: say, text: words, name: who}\nout:\n  message: {event: shouted, to: others, data: {who: $name, words: $text}}\n"
	try := func(events ...int) (string, error) { // events is the number of events that follow each step
		var out bytes.Buffer
		err := tryDialect(t.Context(), defaults(t), file, &out, func(received func() int) {
			await(t, "the events of a step", func() bool { return received() == events[0] })
			events = events[1:]
		})
		return out.String(), err
	}
	write(table + "try:\n  - bob: [hush]\n  - ann: [shout, {who: ann, words: hello}]\n")
	out, err := try(0, 1)
	if want := "ann → shout {\"who\":\"ann\",\"words\":\"hello\"}\n    ann ← (acknowledgement) (nothing)\n    bob ← shouted {\"who\":\"ann\",\"words\":\"hello\"}\n"; err != nil || !strings.HasSuffix(out, want) {
		t.Errorf("got %v and\n%s\nwant at its end\n%s", err, out, want)
	}
	write(table + "try:\n  - ann: [shout, {who: ann}]\n")
	if out, err = try(1); err == nil || !strings.Contains(err.Error(), "net.yaml:7: shout needs a text (words).") || !strings.Contains(out, "ann ← classicError") {
		t.Errorf("a step that fails: got %v and\n%s\nwant its line", err, out)
	}
	write(table)
	if _, err = try(); err == nil || !strings.Contains(err.Error(), "has no steps to play") {
		t.Errorf("no steps: got %v, want an error that says so", err)
	}
}

func TestATrialsStepEndsAfterAPauseWithoutEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int64
		go func() {
			for range 3 {
				time.Sleep(tryQuiet * 4 / 5)
				count.Add(1)
			}
		}()
		began := time.Now()
		quiet(func() int { return int(count.Load()) })
		if got, took := count.Load(), time.Since(began); got != 3 || took > 4*tryQuiet {
			t.Errorf("got %d events after %v, want all 3 in time", got, took)
		}
	})
}

// syncBuffer is a buffer that one goroutine writes and another reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// await waits until the buffer matches the pattern.
func (s *syncBuffer) await(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if found := wanted.FindString(s.String()); found != "" {
			return found
		}
	}
	t.Fatalf("waiting for %s; got\n%s", pattern, s.String())
	return ""
}

func TestListeningDraftsADialect(t *testing.T) {
	pages := t.TempDir()
	page := `<script>const s = io("http://localhost:5000"); s.emit('sit', (a) => use(a.seated)); s.on('roomUsers', ({ room, users }) => {}); s.on('message', (m) => show(m.username, m.text))</script>`
	if err := os.WriteFile(filepath.Join(pages, "index.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	server := `const io = require('socket.io')(3000); io.on('connection', (s) => s.on('of the server', (d) => s.emit('by the server', d)))`
	if err := os.WriteFile(filepath.Join(pages, "server.js"), []byte(server), 0o600); err != nil {
		t.Fatal(err)
	}
	more := `s.emit('leave the den'); s.emit('chatMessage', text)`
	if err := os.WriteFile(filepath.Join(pages, "more.js"), []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	c := defaults(t)
	c.Host, c.Port, c.Pages = "127.0.0.1", 0, pages
	ctx, stop := context.WithCancel(t.Context())
	var draft bytes.Buffer
	log := &syncBuffer{}
	ended := make(chan error, 1)
	go func() { ended <- Listen(ctx, c, &draft, log) }()
	url := log.await(t, `http://127\.0\.0\.1:\d+`)
	client, err := sioclient.Dial(url, sioclient.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := client.Command("joinRoom", map[string]any{"username": "ann", "room": "den"}); err != nil || answer != nil {
		t.Errorf("acknowledgement: got %s, %v, want it empty", answer, err)
	}
	if answer, err := client.Command("sit"); err != nil || string(answer) != `{"seated":true}` {
		t.Errorf("acknowledgement: got %s, %v, want what the page's code reads", answer, err)
	}
	log.await(t, `The page's code connects to http://localhost:5000\.`)
	for _, version := range []string{"3", "4"} {
		sid := regexp.MustCompile(`"sid":"([^"]+)"`).FindStringSubmatch(poll(t, url, "EIO="+version, ""))
		if sid == nil {
			t.Fatalf("a page of another origin with Engine.IO %s gets no session", version)
		}
		if version == "4" {
			poll(t, url, "EIO=4&sid="+sid[1], "40/quiz,")
		}
	}
	log.await(t, `A page joins the namespace /quiz, which PartyChat does not have`)
	if status, _ := get(t, url+"/socket.io/?EIO=2&transport=polling"); status != http.StatusBadRequest {
		t.Errorf("a page of an unknown version: got %d, want it refused", status)
	}
	log.await(t, `A page cannot connect: Unsupported protocol version`)
	if err := client.Emit("chatMessage", "hello"); err != nil {
		t.Fatal(err)
	}
	log.await(t, `→ chatMessage \(text\)`)
	log.await(t, `→ joinRoom \(\{room: text, username: text\}\) and waits for an acknowledgement`)
	stop()
	client.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"joinRoom: {do: enter, name: username, room: room}", "chatMessage: {do: say, text: 0}", "people: {event: roomUsers", "message: {event: message, data: {username: $name, text: $text}}", "# The page's code can send leave the den, but has not"} {
		if !strings.Contains(draft.String(), want) {
			t.Errorf("the draft lacks %s; got\n%s", want, draft.String())
		}
	}
	if strings.Contains(draft.String(), "the server") || strings.Contains(draft.String(), "can send chatMessage") {
		t.Errorf("the draft has what the server's code says, or misses what was sent; got\n%s", draft.String())
	}
	if _, err := dialect.Read("draft.yaml", draft.Bytes()); err != nil {
		t.Errorf("the draft cannot be parsed: %v", err)
	}
}

// poll is a request of a page of another origin, which may read the answer. With a
// packet it is a POST.
func poll(t *testing.T, url, query, packet string) string {
	t.Helper()
	method := http.MethodGet
	if packet != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url+"/socket.io/?transport=polling&"+query, strings.NewReader(packet))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "http://localhost:5173")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%s: got %d %s, %v, want an answer that the page may read", query, resp.StatusCode, body, err)
	}
	return string(body)
}

func TestRecordedEventsAreLimitedAndPrintable(t *testing.T) {
	var log bytes.Buffer
	l := &listener{log: &log}
	for range 10 {
		l.note(dialect.Heard{Event: "a\x1b[2J\nb", Args: []any{"x"}}, heardBytes/4, "id")
	}
	if len(l.heard) != 4 {
		t.Errorf("got %d events, want the maximum", len(l.heard))
	}
	if got, _, _ := strings.Cut(log.String(), "\n"); got != "id → a\uFFFD[2J\uFFFDb (text)" {
		t.Errorf("got %q, want a line without control characters", got)
	}
}
