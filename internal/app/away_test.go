package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/httpapi"
	"partychat/internal/realserver"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// journal is a log that a test can read.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

// warnings returns the lines of level warning and above.
func (j *journal) warnings() (lines []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(j.text.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			lines = append(lines, line)
		}
	}
	return lines
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// readiness asks the server whether it is ready.
func (r *running) readiness() (code int, health httpapi.Health) {
	r.t.Helper()
	response, err := http.Get(r.URL() + "/readyz")
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, health
}

// wantUnavailable checks that logging in fails with CodeUnavailable.
func (r *running) wantUnavailable() {
	r.t.Helper()
	body := strings.NewReader(`{"username": "ada", "password": "correct horse"}`)
	response, err := http.Post(r.URL()+"/api/v1/session", "application/json", body)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var answer wire.ErrorBody
	if err := json.Unmarshal(text, &answer); err != nil {
		r.t.Fatalf("%v in %s", err, text)
	}
	wait, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if response.StatusCode != http.StatusServiceUnavailable || answer.Error.Code != chat.CodeUnavailable || err != nil || wait < 1 {
		r.t.Errorf("log-in: got %s %s, Retry-After %d (%v); want unavailable and a time to retry", response.Status, text, wait, err)
	}
}

// wantRefused checks that connecting fails with CodeUnavailable.
func (r *running) wantRefused(token string) {
	r.t.Helper()
	c, err := sioclient.Dial(r.URL(), sioclient.Options{Auth: map[string]any{"protocol": 1, "token": token}})
	if err == nil {
		c.Close()
	}
	var refused *sioclient.RefusedError
	var info wire.ErrorInfo
	if !errors.As(err, &refused) || json.Unmarshal(refused.Data, &info) != nil || info.Code != chat.CodeUnavailable || info.RetryAfter < 1 {
		r.t.Errorf("connecting: got %v, %+v; want unavailable and a time to retry", err, info)
	}
}

func TestG2_WhileRedisIsDownEachNodeServesItsClientsAndCatchesUpAfterwards(t *testing.T) {
	redis := realserver.RedisServer(t, realserver.RedisOptions{})
	c := shared(realserver.PostgresDatabase(t), redis.URL())
	log := &journal{}
	a, b := startLogging(t, c, log.log()), start(t, c)
	ada, bob, eve := a.join("ada"), a.join("bob"), a.join("eve")
	onA, alsoOnA, onB := a.connect(ada.token, false), a.connect(eve.token, true), b.connect(bob.token, false)
	say(t, onA, chat.MainRoom, "before")
	for _, c := range []*sioclient.Client{onA, alsoOnA, onB} {
		said(t, c, chat.MainRoom)
	}

	if err := redis.Kill(); err != nil {
		t.Fatal(err)
	}
	say(t, onA, chat.MainRoom, "on one node")
	if got := said(t, alsoOnA, chat.MainRoom); got.Body != "on one node" {
		t.Errorf("on the same node: got %+v, want the message", got)
	}
	say(t, onB, chat.MainRoom, "on the other")
	for range 20 {
		a.wantUnavailable()
		a.wantRefused(ada.token)
	}
	code, health := a.readiness()
	if code != http.StatusOK || health.Status != httpapi.Degraded || health.Parts["redis"] != httpapi.PartAway || health.Parts["database"] != httpapi.PartThere {
		t.Errorf("readiness: got %d %+v, want 200, degraded, by Redis", code, health)
	}
	if lines := log.warnings(); len(lines) == 0 || len(lines) > 4 {
		t.Errorf("an outage of Redis logged %d lines:\n%s", len(lines), strings.Join(lines, ""))
	}

	if err := redis.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"on one node", "on the other"} {
		if got := said(t, onB, chat.MainRoom); got.Body != want {
			t.Errorf("the other node: got %q, want %q", got.Body, want)
		}
	}
	if onA := []string{said(t, onA, chat.MainRoom).Body, said(t, onA, chat.MainRoom).Body}; onA[0] != "on one node" || onA[1] != "on the other" {
		t.Errorf("got %q, want both in the order of the room", onA)
	}
	await(t, "the node to be ready again", func() bool {
		code, health := a.readiness()
		return code == http.StatusOK && health.Status == httpapi.Ready
	})
	a.logIn("ada")
	a.connect(eve.token, false)
	say(t, onA, chat.MainRoom, "afterwards")
	if got := said(t, onB, chat.MainRoom); got.Body != "afterwards" {
		t.Errorf("got %q, want afterwards and no duplicate", got.Body)
	}
}

func TestG2_ASendDoesNotWaitForRedis(t *testing.T) {
	redis := realserver.RedisServer(t, realserver.RedisOptions{})
	a := start(t, shared(realserver.PostgresDatabase(t), redis.URL()))
	ada, eve := a.join("ada"), a.join("eve")
	sender, reader := a.connect(ada.token, false), a.connect(eve.token, false)
	if err := redis.Pause(); err != nil { // Redis accepts commands but doesn't answer
		t.Fatal(err)
	}
	for range 10 {
		sent := say(t, sender, chat.MainRoom, "while Redis hangs")
		if got := said(t, reader, chat.MainRoom); got.Seq != sent.Seq {
			t.Errorf("got %+v, want the message sent", got)
		}
	}
	if err := redis.Resume(); err != nil {
		t.Fatal(err)
	}
}

func TestG2_WhilePostgreSQLIsDownSendsFailImmediatelyAndCanBeRetried(t *testing.T) {
	database := realserver.PostgresServer(t, realserver.PostgresOptions{})
	if err := database.CreateDatabase(t.Context(), "chat"); err != nil {
		t.Fatal(err)
	}
	redis := realserver.RedisServer(t, realserver.RedisOptions{})
	log := &journal{}
	a := startLogging(t, shared(database.URL("chat"), redis.URL()), log.log())
	ada := a.join("ada")
	c := a.connect(ada.token, false)
	say(t, c, chat.MainRoom, "before")

	if err := database.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if got := try(t, c, chat.MainRoom, "meanwhile"); got.OK || got.Error.Code != chat.CodeUnavailable || got.Error.RetryAfter < 1 {
			t.Fatalf("a send: got %+v, want unavailable and a time to retry", got)
		}
	}
	a.wantUnavailable()
	code, health := a.readiness()
	if code != http.StatusServiceUnavailable || health.Status != httpapi.Unavailable || health.Parts["database"] != httpapi.PartAway {
		t.Errorf("readiness: got %d %+v, want 503 because of the database", code, health)
	}
	if lines := log.warnings(); len(lines) == 0 || len(lines) > 6 {
		t.Errorf("an outage of PostgreSQL logged %d lines:\n%s", len(lines), strings.Join(lines, ""))
	}

	if err := database.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, "the database to be back", func() bool { return try(t, c, chat.MainRoom, "after").OK })
	if code, health := a.readiness(); code != http.StatusOK || health.Status != httpapi.Ready {
		t.Errorf("readiness: got %d %+v, want 200 again", code, health)
	}
	if got := []string{said(t, c, chat.MainRoom).Body, said(t, c, chat.MainRoom).Body}; got[0] != "before" || got[1] != "after" {
		t.Errorf("got %q, want the acknowledged messages", got)
	}
}

func TestSecretsInAddressesAreNeverShown(t *testing.T) {
	closed := "127.0.0.1:1"
	for _, test := range []struct{ name, database, redis, want string }{
		{"an unreachable PostgreSQL", "postgres://chat:s3cret@" + closed + "/chat", "", "cannot use the PostgreSQL database at " + closed + "/chat: "},
		{"an unreachable Redis", realserver.PostgresDatabase(t), "redis://chat:s3cret@" + closed, "cannot reach the Redis at " + closed},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := &journal{}
			a, err := New(t.Context(), shared(test.database, test.redis), slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			if err == nil {
				_ = a.close()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, test.want)
			}
			if told := log.text.String(); strings.Contains(told+err.Error(), "s3cret") {
				t.Errorf("the password is shown: %v\n%s", err, told)
			}
		})
	}
}

func TestOnlySeveralNodesNeedRedis(t *testing.T) {
	database := realserver.PostgresDatabase(t)
	alone := start(t, shared(database, ""))
	ada := alone.join("ada")
	c := alone.connect(ada.token, false)
	say(t, c, chat.MainRoom, "alone")
	if list, err := alone.store.SessionsOfUser(t.Context(), ada.ID, time.Now()); err != nil || len(list) != 1 {
		t.Errorf("sessions in PostgreSQL: got %v, %v, want the one", list, err)
	}
	_, err := New(t.Context(), shared(database, ""), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "another server has this database open") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a second server: got %v, want one line about the first", err)
	}
}
