package main

import (
	"bytes"
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/sqlite"
)

// migrateStore runs partychat migrate-store within the test.
func migrateStore(t *testing.T, data, url string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), []string{"migrate-store", "--data", data}, []string{"DATABASE_URL=" + url}, &out, &errs)
	return code, out.String(), errs.String()
}

// fillFolder creates a data folder with this many messages by ada in the main room.
func fillFolder(t *testing.T, messages int) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(data, "partychat.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	_, err = store.CreateUser(t.Context(), chat.NewUser{
		User:       chat.User{ID: 100, Username: "ada", Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: time.Now()},
		FoldedName: "ada", PasswordHash: "none", FirstIsAdmin: true, Rooms: []chat.RoomID{chat.MainRoom},
	})
	if err != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	var senders sync.WaitGroup
	for range 256 {
		senders.Go(func() {
			for sent.Add(1) <= int64(messages) {
				_, _, err := store.AppendMessage(t.Context(), &chat.NewMessage{
					Room: chat.MainRoom, Author: 100, ClientID: uuid.NewString(), Kind: chat.MessageText, Body: "hello", CreatedAt: time.Now(),
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()
	return data
}

// stopAt blocks the insertion of message 5,000 of a room until the returned function is called.
func stopAt(t *testing.T, conn *pgx.Conn) (goOn func()) {
	t.Helper()
	statements := []string{
		`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END'`,
		`CREATE TRIGGER waits BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.seq = 5000) EXECUTE FUNCTION wait()`,
		`SELECT pg_advisory_lock(42)`,
	}
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := conn.Exec(t.Context(), `SELECT pg_advisory_unlock(42)`); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), `DROP FUNCTION wait CASCADE`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMigrateStoreContinuesAfterAKillAndItsResultCanBeServed(t *testing.T) {
	server := realserver.PostgresServer(t, realserver.PostgresOptions{NoFsync: true})
	if err := server.CreateDatabase(t.Context(), "chat"); err != nil {
		t.Fatal(err)
	}
	url := server.URL("chat")
	data := fillFolder(t, 9000)

	running := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", data)
	code, _, stderr := migrateStore(t, data, url)
	if code != exitFailed || !strings.Contains(stderr, "another server has this data folder open") {
		t.Errorf("beside a server: got code %d, %q; want %d and why", code, stderr, exitFailed)
	}
	_ = running.Process.Kill()
	_ = running.Wait()

	// A server that ran once has created the tables; the database still counts as empty.
	first := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--database-url", url)
	_ = first.Process.Kill()
	_ = first.Wait()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	goOn := stopAt(t, conn)
	killed := exec.Command(build(t), "migrate-store", "--data", data, "--database-url", url)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		var waits bool
		err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = 'chat' AND wait_event = 'advisory')`).Scan(&waits)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("it never came half way: %v", err)
		}
		if waits {
			break
		}
	}
	_ = killed.Process.Kill()
	_ = killed.Wait()
	goOn()
	var moved int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM messages`).Scan(&moved); err != nil || moved == 0 || moved >= 9000 {
		t.Errorf("moved when it was killed: got %d, %v; want some but not all", moved, err)
	}

	code, stdout, stderr := migrateStore(t, data, url)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "Continuing") || !strings.Contains(stdout, "messages: 9000 rows compared, no difference.") {
		t.Fatalf("run again: got code %d, %q, %q; want 0 and that it continued", code, stdout, stderr)
	}
	code, stdout, stderr = migrateStore(t, data, url)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "already") {
		t.Errorf("once more: got code %d, %q, %q; want 0 and that all is there", code, stdout, stderr)
	}
	code, stdout, stderr = migrateStore(t, fillFolder(t, 1), url)
	if code != exitFailed || !strings.Contains(stderr, "other contents") {
		t.Errorf("another folder: got code %d, %q, %q; want %d and why", code, stdout, stderr, exitFailed)
	}
	if code, stdout, stderr := doctor(t, data); code != 0 || !strings.HasSuffix(stdout, "messages: 9000.\n") {
		t.Errorf("the folder afterwards: got code %d, %q, %q; want it as it was", code, stdout, stderr)
	}

	serving := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--database-url", url)
	signUp(t, serving.url, http.StatusConflict) // the name is taken
	var out, errs bytes.Buffer
	code = run(t.Context(), []string{"doctor", "--database-url", url}, nil, &out, &errs)
	if code != 0 || errs.Len() > 0 || !strings.Contains(out.String(), "using this database") || !strings.HasSuffix(out.String(), "is intact. Users: 1, rooms: 1, messages: 9000.\n") {
		t.Errorf("the doctor on PostgreSQL: got code %d, %q, %q; want 0, and that a server runs", code, out.String(), errs.String())
	}
}
