//go:build unix

package realserver_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partychat/internal/realserver"
)

func TestMain(m *testing.M) {
	code := realserver.Main(m)
	if err := goleak.Find(); err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		code = max(code, 1)
	}
	os.Exit(code)
}

// query runs a statement with psql and returns its output.
func query(t *testing.T, url, statement string) string {
	t.Helper()
	// Debian has psql in PATH; other systems have it in the server's folder.
	const command = `PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr " " :) exec psql -XAtq -c "$1" "$0"`
	out, err := exec.Command("sh", "-c", command, url, statement).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", statement, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestAKilledPostgresRestartsWithItsCommittedData(t *testing.T) {
	p := realserver.PostgresServer(t, realserver.PostgresOptions{Settings: []string{"max_connections=7"}})
	if err := p.CreateDatabase(t.Context(), `party "one"`); err != nil {
		t.Fatal(err)
	}
	url := p.URL(`party "one"`)
	if got := query(t, url, "SHOW max_connections"); got != "7" {
		t.Errorf("max_connections is %s, want 7 as the settings say", got)
	}
	query(t, url, "CREATE TABLE guests (name text)")
	for _, end := range []struct {
		how string
		end func() error
	}{{"killed", p.Kill}, {"stopped", p.Stop}} {
		query(t, url, "INSERT INTO guests VALUES ('"+end.how+"')")
		if err := end.end(); err != nil {
			t.Fatal(err)
		}
		if conn, err := net.Dial("tcp", p.Address()); err == nil {
			_ = conn.Close()
			t.Errorf("a server that was %s accepts connections", end.how)
		}
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := query(t, url, "SELECT count(*) FROM guests WHERE name = '"+end.how+"'"); got != "1" {
			t.Errorf("%s and restarted: got %s rows, want 1", end.how, got)
		}
	}
}

func TestEveryTestHasItsOwnDatabase(t *testing.T) {
	first, second := realserver.PostgresDatabase(t), realserver.PostgresDatabase(t)
	query(t, first, "CREATE TABLE mine (a int)")
	query(t, second, "CREATE TABLE mine (a int)")
}

func TestAKilledRedisRestartsWithItsData(t *testing.T) {
	r := realserver.RedisServer(t, realserver.RedisOptions{})
	for _, end := range []struct {
		how string
		end func() error
	}{{"killed", r.Kill}, {"stopped", r.Stop}} {
		if _, err := r.Do(t.Context(), "SET", "how", end.how); err != nil {
			t.Fatal(err)
		}
		if err := end.end(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Do(t.Context(), "PING"); err == nil {
			t.Errorf("a server that was %s answers", end.how)
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Do(t.Context(), "GET", "how"); err != nil || got != end.how {
			t.Errorf("restarted: got %q, %v, want %q", got, err, end.how)
		}
	}
}

func TestAPausedServerAnswersOnceResumed(t *testing.T) {
	r := realserver.RedisServer(t, realserver.RedisOptions{})
	if err := r.Pause(); err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.Do(brief, "PING"); err == nil {
		t.Error("a paused server answers")
	}
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Do(t.Context(), "PING"); err != nil || got != "+PONG" {
		t.Errorf("resumed: got %q, %v, want +PONG", got, err)
	}
}

func TestAPausedPostgresCanBeKilledAndRestarted(t *testing.T) {
	p := realserver.PostgresServer(t, realserver.PostgresOptions{})
	for _, step := range []func() error{p.Pause, p.Kill, func() error { return p.Start(t.Context()) }, p.Pause, p.Resume} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if got := query(t, p.URL("postgres"), "SELECT 1"); got != "1" {
		t.Errorf("SELECT 1: got %q, want 1", got)
	}
}

func TestARedisClusterOfOneStillHasAllSlotsAfterAKill(t *testing.T) {
	r := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
	for range 2 {
		info, err := r.Do(t.Context(), "CLUSTER", "INFO")
		if err != nil || !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_slots_ok:16384") {
			t.Errorf("CLUSTER INFO: got %v\n%s", err, info)
		}
		if err := r.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheErrorForAMissingProgramSaysWhatToInstall(t *testing.T) {
	tests := []struct {
		name string
		make func() error
		want string
	}{
		{"Redis", func() error { _, err := realserver.NewRedis(realserver.RedisOptions{}); return err }, "scripts/need redis"},
		{"PostgreSQL", func() error { _, err := realserver.NewPostgres(realserver.PostgresOptions{}); return err }, "scripts/need postgres"},
	}
	t.Setenv("PATH", t.TempDir())
	defer realserver.LookNowhereElse()()
	for _, test := range tests {
		if err := test.make(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want one that contains %q", test.name, err, test.want)
		}
	}
}

func TestAFailedStartShowsTheServersLog(t *testing.T) {
	r, err := realserver.NewRedis(realserver.RedisOptions{Args: []string{"--no-such-option", "1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := r.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "no-such-option") {
		t.Errorf("got error %v, want one with Redis's own message", err)
	}
}

func TestEachCopyOfATemplateHasItsContentAndIsItsOwn(t *testing.T) {
	filled := 0
	template := realserver.PostgresTemplate{Fill: func(_ context.Context, url string) error {
		filled++
		query(t, url, "CREATE TABLE guests (name text); INSERT INTO guests VALUES ('ann')")
		return nil
	}}
	first, second := template.Database(t), template.Database(t)
	query(t, first, "INSERT INTO guests VALUES ('bob')")
	for url, want := range map[string]string{first: "2", second: "1"} {
		if got := query(t, url, "SELECT count(*) FROM guests"); got != want {
			t.Errorf("got %s guests, want %s", got, want)
		}
	}
	if filled != 1 {
		t.Errorf("the template was filled %d times, want once", filled)
	}
}

func TestATemplateThatCannotBeFilledIsFilledAgain(t *testing.T) {
	broken := errors.New("the tables are missing")
	tries := 0
	template := realserver.PostgresTemplate{Fill: func(_ context.Context, url string) error {
		tries++
		query(t, url, "CREATE TABLE guests (name text)")
		if tries == 1 {
			return broken
		}
		return nil
	}}
	if err := realserver.TryFill(t, &template); !errors.Is(err, broken) {
		t.Errorf("got error %v, want %v", err, broken)
	}
	if got := query(t, template.Database(t), "SELECT count(*) FROM guests"); got != "0" {
		t.Errorf("got %s guests, want 0", got)
	}
}
