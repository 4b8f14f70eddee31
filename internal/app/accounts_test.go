package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/wire"
)

// logged is a log that tests can read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

var setupToken = regexp.MustCompile(`/register#setup=([\w-]+)`)

func TestL1_TheLogHasASetupLinkUntilThereIsAnAdmin(t *testing.T) {
	data := t.TempDir()
	var log logged
	r := startLogging(t, settings(data), slog.New(slog.NewTextHandler(&log, nil)))
	found := setupToken.FindStringSubmatch(log.String())
	if found == nil {
		t.Fatalf("there is no set-up link in the log:\n%s", log.String())
	}
	body := map[string]any{"username": "owner", "password": "correct horse", "setup": found[1], "token": true}
	var owner wire.Account
	r.call(http.MethodPost, "/api/v1/users", "", body, http.StatusCreated, &owner)
	if owner.User.Role != chat.RoleAdmin {
		t.Errorf("got %+v, want an admin", owner.User)
	}
	body["username"] = "mallory"
	r.call(http.MethodPost, "/api/v1/users", "", body, http.StatusNotFound, nil)
	r.stop()

	var again logged
	startLogging(t, settings(data), slog.New(slog.NewTextHandler(&again, nil)))
	if strings.Contains(again.String(), "setup=") {
		t.Errorf("with an admin the log has a link:\n%s", again.String())
	}
}

// operate runs a command of partychat user beside the running server and returns
// its output.
func (r *running) operate(do func(*Operator) error) string {
	r.t.Helper()
	var out bytes.Buffer
	operator, err := OpenOperator(r.t.Context(), r.config, &out)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := do(operator); err != nil {
		r.t.Errorf("a command: %v", err)
	}
	if err := operator.Close(); err != nil {
		r.t.Error(err)
	}
	return out.String()
}

func TestL1_CommandsTakeEffectOnARunningServer(t *testing.T) {
	r := start(t, settings(t.TempDir()))
	r.signUp("owner")
	token := r.signUp("ben")
	socket := r.connect(token, false)

	if out := r.operate(func(o *Operator) error { return o.List(t.Context()) }); !strings.Contains(out, "ben") || !strings.Contains(out, "admin") {
		t.Errorf("got the list\n%s\nwant ben and an admin", out)
	}
	r.operate(func(o *Operator) error { return o.Promote(t.Context(), "BEN") })
	put := next[wire.UserPut](t, socket, "user:put")
	if put.User.Username != "ben" || put.User.Role != chat.RoleAdmin {
		t.Errorf("got the event %+v, want ben as an admin", put.User)
	}
	r.call(http.MethodGet, "/api/v1/bans", token, nil, http.StatusOK, nil)

	out := r.operate(func(o *Operator) error { return o.ResetPassword(t.Context(), "ben", "battery staple") })
	if !strings.Contains(out, "logged out everywhere") {
		t.Errorf("got the output %q, want it to mention the log-out", out)
	}
	ended := next[wire.SessionEnded](t, socket, "session:ended")
	if ended.Reason != chat.EndRevoked {
		t.Errorf("told is %q, want %q", ended.Reason, chat.EndRevoked)
	}
	r.call(http.MethodGet, "/api/v1/session", token, nil, http.StatusUnauthorized, nil)
	logIn := map[string]any{"username": "ben", "password": "battery staple", "token": true}
	r.call(http.MethodPost, "/api/v1/session", "", logIn, http.StatusOK, nil)
}

func TestG2_CommandsAndNewPasswordsTakeEffectOnEveryNode(t *testing.T) {
	a, b, _ := twoNodes(t)
	a.join("owner")
	ben, elsewhere := a.join("ben"), b.logIn("ben")
	here, there := a.connect(ben.token, false), b.connect(elsewhere, false)

	change := map[string]any{"current": "correct horse", "password": "battery staple"}
	a.call(http.MethodPatch, "/api/v1/users/me", ben.token, change, http.StatusOK, nil)
	if ended := next[wire.SessionEnded](t, there, "session:ended"); ended.Reason != chat.EndRevoked {
		t.Errorf("reason on the other node: got %q, want %q", ended.Reason, chat.EndRevoked)
	}
	b.call(http.MethodGet, "/api/v1/session", elsewhere, nil, http.StatusUnauthorized, nil)

	// No Redis URL: commands need only the database.
	alone := &running{App: &App{config: config.Config{DatabaseURL: a.config.DatabaseURL, PasswordMin: 8}}, t: t}
	alone.operate(func(o *Operator) error { return o.Promote(t.Context(), "ben") })
	if put := next[wire.UserPut](t, here, "user:put"); put.User.Role != chat.RoleAdmin {
		t.Errorf("got the event %+v, want an admin", put.User)
	}
	alone.operate(func(o *Operator) error { return o.ResetPassword(t.Context(), "ben", "") })
	if ended := next[wire.SessionEnded](t, here, "session:ended"); ended.Reason != chat.EndRevoked {
		t.Errorf("told is %q, want %q", ended.Reason, chat.EndRevoked)
	}
	b.call(http.MethodGet, "/api/v1/session", ben.token, nil, http.StatusUnauthorized, nil)
}

func TestL1_ACommandRunWhileNoServerRunsTakesEffectOnTheNextStart(t *testing.T) {
	c := settings(t.TempDir())
	r := start(t, c)
	token := r.signUp("ben")
	r.stop()
	r.operate(func(o *Operator) error { return o.ResetPassword(t.Context(), "ben", "battery staple") })
	again := start(t, c)
	again.call(http.MethodGet, "/api/v1/session", token, nil, http.StatusUnauthorized, nil)
	if changes, err := again.store.AccountChanges(t.Context()); err != nil || len(changes) != 0 {
		t.Errorf("pending changes: got %v, %v, want nothing", changes, err)
	}
}

// failing is a store whose account changes can't be read at first.
type failing struct {
	chat.Store
	mu    sync.Mutex
	calls int
}

func (f *failing) AccountChanges(ctx context.Context) ([]chat.AccountChange, error) {
	f.mu.Lock()
	f.calls++
	n := f.calls
	f.mu.Unlock()
	if n <= 3 {
		return nil, chat.Errorf(chat.CodeUnavailable, "down")
	}
	return f.Store.AccountChanges(ctx)
}

func TestAFailingStoreIsLoggedOnce(t *testing.T) {
	r := start(t, settings(t.TempDir()))
	var log logged
	store := &failing{Store: r.store}
	a := accounts{store: store, broker: r.broker, sessions: r.sessions, log: slog.New(slog.NewTextHandler(&log, nil)), every: time.Millisecond}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); a.watch(ctx) }()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		store.mu.Lock()
		n := store.calls
		store.mu.Unlock()
		if n > 4 {
			break
		}
	}
	cancel()
	<-ended
	if n := strings.Count(log.String(), "not in effect yet"); n != 1 {
		t.Errorf("it was logged %d times, want once:\n%s", n, log.String())
	}
}
