package app

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/realserver"
	"partychat/internal/store/sqlite"
)

// dataOfOne creates a data folder with one user and three sessions. One of the sessions
// has expired.
func dataOfOne(t *testing.T) (data string, now time.Time, want map[string]chat.Session) {
	t.Helper()
	data = t.TempDir()
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(data, databaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	now = time.Now().Truncate(time.Millisecond).UTC()
	_, err = store.CreateUser(t.Context(), chat.NewUser{
		User:       chat.User{ID: 100, Username: "ada", Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: now},
		FoldedName: "ada", PasswordHash: "none", Rooms: []chat.RoomID{chat.MainRoom},
	})
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]chat.Session{}
	for i := range 3 {
		session := chat.Session{
			ID: fmt.Sprint("session", i), User: 100, Data: []byte("data"), CreatedAt: now, ExpiresAt: now.Add(time.Duration(i) * time.Hour),
		}
		if err := store.PutSession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		want[session.ID] = session
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return data, now, want
}

func TestMigratingKeepsUsersLoggedIn(t *testing.T) {
	data, now, want := dataOfOne(t)
	c := config.Config{
		Data: data, DatabaseURL: realserver.PostgresDatabase(t), RedisURL: realserver.RedisServer(t, realserver.RedisOptions{}).URL(),
	}
	var out bytes.Buffer
	if err := MigrateStore(t.Context(), c, &out); err != nil || !strings.Contains(out.String(), "sessions: 2 moved into Redis.") {
		t.Fatalf("MigrateStore: got %v and %q, want the two sessions that have not expired", err, out.String())
	}
	client, err := redis.Connect(t.Context(), redis.Options{URL: c.RedisURL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	sessions, err := redis.NewSessions(client).SessionsOfUser(t.Context(), 100, now)
	if err != nil || len(sessions) != 2 {
		t.Fatalf("sessions in Redis: got %v, %v; want 2", sessions, err)
	}
	for _, got := range sessions {
		if w := want[got.ID]; string(got.Data) != string(w.Data) || !got.ExpiresAt.Equal(w.ExpiresAt) || got.User != w.User {
			t.Errorf("session %s: got %+v, want %+v", got.ID, got, w)
		}
	}
}

func TestSessionsCanBeMovedAfterTheStore(t *testing.T) {
	data, _, _ := dataOfOne(t)
	c := config.Config{Data: data, DatabaseURL: realserver.PostgresDatabase(t)}
	var out bytes.Buffer
	if err := MigrateStore(t.Context(), c, &out); err != nil || strings.Contains(out.String(), "Redis") {
		t.Fatalf("without Redis: got %v and %q, want no mention of it", err, out.String())
	}
	c.RedisURL = realserver.RedisServer(t, realserver.RedisOptions{}).URL()
	out.Reset()
	if err := MigrateStore(t.Context(), c, &out); err != nil {
		t.Fatalf("with Redis: %v", err)
	}
	for _, want := range []string{"every row is the same", "sessions: 2 moved into Redis."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("with Redis: got %q, want it to say %q", out.String(), want)
		}
	}
}

func TestMigratingWithoutATargetIsAnError(t *testing.T) {
	var out bytes.Buffer
	err := MigrateStore(t.Context(), config.Config{Data: t.TempDir()}, &out)
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || out.Len() > 0 {
		t.Errorf("got %v and %q, want an error that names the missing option", err, out.String())
	}
}
