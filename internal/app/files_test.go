package app

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/realserver"
	"partychat/internal/wire"
)

// sendFile uploads a file and sends it to the room main.
func (r *running) sendFile(token, content string) (chat.FileID, wire.Message) {
	r.t.Helper()
	var announced wire.UploadAnswer
	r.call(http.MethodPost, "/api/v1/files", token, wire.NewFile{ClientID: uuid.NewString(), Name: "a.txt", Size: int64(len(content))}, http.StatusCreated, &announced)
	id := announced.File.ID
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPatch, fmt.Sprintf("%s/api/v1/files/%d", r.URL(), id), strings.NewReader(content))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/offset+octet-stream")
	request.Header.Set("Upload-Offset", "0")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		r.t.Fatalf("PATCH: got %s", answer.Status)
	}
	var sent wire.MessageAnswer
	n := wire.NewMessage{ClientID: uuid.NewString(), Kind: chat.MessageFile, Files: []chat.FileID{id}}
	r.call(http.MethodPost, "/api/v1/rooms/1/messages", token, n, http.StatusCreated, &sent)
	return id, sent.Message
}

func (r *running) wantFile(token string, id chat.FileID, want string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, fmt.Sprintf("%s/api/v1/files/%d", r.URL(), id), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(answer.Body); err != nil || answer.StatusCode != http.StatusOK || got.String() != want {
		r.t.Errorf("file %d: got %s %q (%v), want %q", id, answer.Status, got.String(), err, want)
	}
}

// storedFiles returns the paths of all files in a folder.
func storedFiles(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func checked(t *testing.T, c config.Config) (bool, string) {
	t.Helper()
	var out bytes.Buffer
	well, err := Doctor(t.Context(), c, &out)
	if err != nil {
		t.Fatal(err)
	}
	return well, out.String()
}

func TestWhereFilesAreKept(t *testing.T) {
	const redis, bucket = "redis://localhost:1", "https://s3.example/files"
	for _, test := range []struct {
		c          config.Config
		want, fail string
	}{
		{config.Config{FileStorage: "auto"}, "disk", ""},
		{config.Config{FileStorage: "auto", RedisURL: redis}, "off", ""},
		{config.Config{FileStorage: "auto", RedisURL: redis, S3URL: bucket}, "s3", ""},
		{config.Config{FileStorage: "off", S3URL: bucket}, "off", ""},
		{config.Config{FileStorage: "disk", RedisURL: redis}, "", "several nodes cannot share a folder"},
		{config.Config{FileStorage: "s3"}, "", "--s3-url"},
	} {
		got, err := fileStorage(test.c)
		if got != test.want || (err == nil) != (test.fail == "") || err != nil && !strings.Contains(err.Error(), test.fail) {
			t.Errorf("%+v: got %q, %v; want %q, %q", test.c, got, err, test.want, test.fail)
		}
	}
}

func TestBackupsHaveTheFilesAndRestoringBringsThemBack(t *testing.T) {
	c := settings(t.TempDir())
	r := start(t, c)
	token := r.signUp("ada")
	id, message := r.sendFile(token, "hello")
	backup := filepath.Join(t.TempDir(), "backup.db")
	var out bytes.Buffer
	if well, err := Backup(t.Context(), c, backup, &out); err != nil || !well {
		t.Fatalf("Backup: %v, %s", err, out.String())
	}
	if got := storedFiles(t, backup+backupFiles); len(got) != 1 {
		t.Errorf("the backup has the files %q, want one", got)
	}
	r.call(http.MethodDelete, fmt.Sprintf("/api/v1/rooms/1/messages/%d", message.Seq), token, nil, http.StatusOK, nil)
	r.sendFile(token, "only later")
	if err := r.files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.stop()

	out.Reset()
	if well, err := Restore(t.Context(), c, backup, &out); err != nil || !well {
		t.Fatalf("Restore: %v, %s", err, out.String())
	}
	if !strings.Contains(out.String(), "Files that only the previous database has") {
		t.Errorf("got %q, want where the other file is", out.String())
	}
	if well, report := checked(t, c); !well {
		t.Errorf("after restoring: %s", report)
	}
	again := start(t, c)
	again.wantFile(token, id, "hello")
}

func TestABackupWithoutItsFilesIsNotRestored(t *testing.T) {
	c := settings(t.TempDir())
	r := start(t, c)
	r.sendFile(r.signUp("ada"), "hello")
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := Backup(t.Context(), c, backup, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if err := os.RemoveAll(backup + backupFiles); err != nil {
		t.Fatal(err)
	}
	elsewhere := settings(t.TempDir())
	var out bytes.Buffer
	if well, err := Restore(t.Context(), elsewhere, backup, &out); err != nil || well || !strings.Contains(out.String(), "The bytes of a file are neither in") {
		t.Errorf("got %v, %v, %q; want a refusal", well, err, out.String())
	}
	if _, err := os.Stat(filepath.Join(elsewhere.Data, databaseFile)); !os.IsNotExist(err) {
		t.Errorf("something was restored (%v)", err)
	}
}

func TestDoctorFindsMissingAndUnknownBytes(t *testing.T) {
	c := settings(t.TempDir())
	r := start(t, c)
	r.sendFile(r.signUp("ada"), "hello")
	if well, report := checked(t, c); !well {
		t.Fatalf("while it runs: %s", report)
	}
	if err := r.files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if well, report := checked(t, c); !well {
		t.Fatalf("after it stopped: %s", report)
	}
	stored := storedFiles(t, filepath.Join(c.Data, filesFolder))
	if len(stored) != 1 {
		t.Fatalf("stored are %q, want one file without parts", stored)
	}
	content, err := os.ReadFile(stored[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stored[0], content[:2], 0o600); err != nil {
		t.Fatal(err)
	}
	if well, report := checked(t, c); well || !strings.Contains(report, "missing, or have another length") {
		t.Errorf("a file that was cut: %s", report)
	}
	if err := os.Remove(stored[0]); err != nil {
		t.Fatal(err)
	}
	if well, report := checked(t, c); well || !strings.Contains(report, "missing, or have another length") {
		t.Errorf("a file that is gone: %s", report)
	}
}

func TestMigratingMovesFilesIntoTheBucket(t *testing.T) {
	c := settings(t.TempDir())
	r := start(t, c)
	token := r.signUp("ada")
	id, _ := r.sendFile(token, "hello")
	r.stop()
	bucket := realserver.S3Server(t)
	c.DatabaseURL, c.RedisURL = realserver.PostgresDatabase(t), realserver.RedisServer(t, realserver.RedisOptions{}).URL()
	c.S3URL, c.S3Region, c.S3Key, c.S3Secret = bucket.URL(), "us-east-1", bucket.Key, bucket.Secret
	for range 2 {
		var out bytes.Buffer
		if err := MigrateStore(t.Context(), c, &out); err != nil || !strings.Contains(out.String(), "copied into the bucket") {
			t.Fatalf("MigrateStore: %v, %s", err, out.String())
		}
	}
	if well, report := checked(t, c); !well {
		t.Errorf("after the move: %s", report)
	}
	one, two := start(t, c), start(t, c)
	two.wantFile(token, id, "hello")
	from, _ := one.sendFile(token, "from one node")
	two.wantFile(token, from, "from one node")
}
