//go:build linux

package faults

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/auth"
	"partychat/internal/blob"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/picture"
	"partychat/internal/store/sqlite"
	"partychat/internal/wire"
)

// A message has its files whatever the server was doing when it was killed, searches
// find it, and no bytes remain that nothing needs.
func TestAKillDuringUploadsAndSearchesLosesNoFileAndLeavesNone(t *testing.T) {
	s := measured(t, "`kill -9` during uploads and searches")
	data := filepath.Join(t.TempDir(), "data")
	p := invite(t, data, short(4, 8), 3, scattered)
	server := newServer(t, data)
	server.start()
	work, stop := context.WithCancel(t.Context())
	defer stop()
	var senders sync.WaitGroup
	var sent sentFiles
	var searches atomic.Int64
	for i, user := range p.users {
		one := uploader{t: t, url: server.url, token: user.token, sent: &sent}
		senders.Go(func() {
			for n := 0; work.Err() == nil; n++ {
				one.sendFile(fmt.Sprintf("caption%dx%d", i, n), 1+rand.IntN(300_000), n%5 == 4)
			}
		})
		senders.Go(func() {
			for work.Err() == nil {
				if one.search("caption*") == nil {
					searches.Add(1)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	kills := short(4, 50)
	for range kills {
		before := sent.count()
		eventually(t, "files are sent", func() bool { return sent.count() >= before+1+rand.IntN(8) })
		server.kill()
		server.start()
	}
	stop()
	senders.Wait()
	one := uploader{t: t, url: server.url, token: p.users[0].token, sent: &sent}
	for _, file := range sent.list {
		one.verify(file)
	}
	server.terminate()
	inspect(t, data)
	s.note("kills", "%d", kills)
	s.note("messages with files", "%d, each with all its bytes, and found by its caption", len(sent.list))
	s.note("searches answered meanwhile", "%d", searches.Load())
	s.note("blobs of unsent files, swept afterwards", "%d", orphans(t, data))
	inspect(t, data)
}

// sentFile is a file in an acknowledged message.
type sentFile struct {
	id      chat.FileID
	caption string
	sum     [sha256.Size]byte
}

type sentFiles struct {
	mu   sync.Mutex
	list []sentFile
}

func (s *sentFiles) add(file sentFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, file)
}

func (s *sentFiles) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.list)
}

// uploader is a client that repeats each call until it is answered.
type uploader struct {
	t     *testing.T
	url   string
	token string
	sent  *sentFiles
}

// refused is an answer that a repetition would not change.
type refused struct {
	status int
	text   []byte
}

func (r refused) Error() string { return fmt.Sprintf("%d %s", r.status, r.text) }

// once makes one call.
func (u uploader) once(method, path string, header http.Header, body []byte) ([]byte, error) {
	request, err := http.NewRequest(method, u.url+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Authorization", "Bearer "+u.token)
	response, err := (&http.Client{Timeout: deadline, Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = refused{response.StatusCode, text}
	}
	return text, err
}

// call repeats the call while the server is away.
func (u uploader) call(method, path string, header http.Header, body []byte, into any) error {
	for end := time.Now().Add(deadline); ; time.Sleep(2 * time.Millisecond) {
		text, err := u.once(method, path, header, body)
		var r refused
		switch {
		case err == nil && into != nil:
			return json.Unmarshal(text, into)
		case err == nil, errors.As(err, &r) && r.status != http.StatusServiceUnavailable, time.Now().After(end):
			return err
		}
	}
}

func (u uploader) json(method, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return u.call(method, path, http.Header{"Content-Type": {"application/json"}}, raw, into)
}

// sendFile uploads a file in several requests, and sends it unless it is to be left.
func (u uploader) sendFile(caption string, size int, leave bool) {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(rand.IntN(256))
	}
	announced := wire.NewFile{ClientID: uuid.NewString(), Name: "data.bin", Size: int64(size)}
	var answer struct {
		File wire.Upload `json:"file"`
	}
	err := u.json(http.MethodPost, "/files", announced, &answer)
	for err == nil && !answer.File.Ready {
		from := answer.File.Received
		part := content[from:min(int64(size), from+100_000)]
		if len(part) == 0 || rand.IntN(3) == 0 {
			err = u.call(http.MethodGet, fmt.Sprintf("/files/%d/upload", answer.File.ID), nil, nil, &answer)
			if len(part) == 0 {
				continue
			}
		}
		if err != nil || answer.File.Received != from {
			continue
		}
		if leave && from > 0 {
			return
		}
		header := http.Header{"Content-Type": {"application/offset+octet-stream"}, "Upload-Offset": {strconv.FormatInt(from, 10)}}
		err = u.call(http.MethodPatch, fmt.Sprintf("/files/%d", answer.File.ID), header, part, &answer)
		if r := (refused{}); errors.As(err, &r) && r.status == http.StatusConflict { // a part that was not answered
			err = u.call(http.MethodGet, fmt.Sprintf("/files/%d/upload", answer.File.ID), nil, nil, &answer)
		}
	}
	if err == nil && !leave {
		send := map[string]any{"clientId": uuid.NewString(), "kind": "file", "body": caption, "files": []chat.FileID{answer.File.ID}}
		err = u.json(http.MethodPost, fmt.Sprintf("/rooms/%d/messages", chat.MainRoom), send, nil)
		if err == nil {
			u.sent.add(sentFile{answer.File.ID, caption, sha256.Sum256(content)})
		}
	}
	if err != nil {
		u.t.Errorf("sending a file: %v", err)
	}
}

func (u uploader) search(text string) error {
	_, err := u.once(http.MethodGet, "/search?q="+text, nil, nil)
	return err
}

// verify downloads a file, and searches for its message.
func (u uploader) verify(file sentFile) {
	content, err := u.once(http.MethodGet, fmt.Sprintf("/files/%d", file.id), nil, nil)
	if err != nil || sha256.Sum256(content) != file.sum {
		u.t.Errorf("file %d of the message %q: %d bytes, %v; want those that were uploaded", file.id, file.caption, len(content), err)
	}
	var found wire.MessageHits
	if err := u.call(http.MethodGet, "/search?q="+file.caption+"%20has:file", nil, nil, &found); err != nil || len(found.Hits) != 1 {
		u.t.Errorf("the search for %q found %d messages, %v; want one", file.caption, len(found.Hits), err)
	}
}

// orphans sweeps as a server does two days later: then nothing remains of files that were
// not sent. It returns how many blobs it has removed.
func orphans(t *testing.T, data string) (removed int) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(data, databaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	broker := local.New()
	defer func() { _ = broker.Close() }()
	disk, err := blob.OpenDisk(filepath.Join(data, "files"))
	if err != nil {
		t.Fatal(err)
	}
	services := chat.New(chat.Deps{
		Store: store, Broker: broker, Hasher: plain{}, Fold: auth.FoldName,
		Files: blob.NewKeeper(disk, picture.NewPool(picture.Options{}), disk.Temporary()),
		Now:   func() time.Time { return time.Now().Add(48 * time.Hour) },
	})
	count := func() (list []string) {
		if err := disk.Each(t.Context(), func(b chat.StoredBlob) error { list = append(list, b.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		return list
	}
	before := len(count())
	if err := services.Files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := count()
	needed := column(t, openDatabase(t, data), `SELECT DISTINCT b.key FROM file_blobs b JOIN files f ON f.id = b.file WHERE f.room IS NOT NULL AND b.role <> 'part' ORDER BY b.key`)
	if !slices.Equal(after, needed) {
		t.Errorf("there are %d blobs after sweeping, but messages need %d", len(after), len(needed))
	}
	if temporary, err := os.ReadDir(disk.Temporary()); err != nil || len(temporary) > 0 {
		t.Errorf("%d temporary files remain, %v", len(temporary), err)
	}
	return before - len(after)
}
