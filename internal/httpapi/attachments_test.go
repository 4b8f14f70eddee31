package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// announce announces an upload.
func (c *client) announce(name string, size int) wire.Upload {
	c.t.Helper()
	n := wire.NewFile{ClientID: uuid.NewString(), Name: name, Size: int64(size)}
	return want[wire.UploadAnswer](c, http.MethodPost, "/files", n, http.StatusCreated).File
}

// patch sends bytes of an upload.
func (c *client) patch(id chat.FileID, offset int, body io.Reader) answerTo {
	c.t.Helper()
	return c.send(http.MethodPatch, fmt.Sprintf("%s/files/%d", apiPath, id), body,
		header("Content-Type", chunkType), header(uploadOffset, strconv.Itoa(offset)))
}

func uploadIn(t *testing.T, a answerTo) wire.Upload {
	t.Helper()
	var answer wire.UploadAnswer
	if err := json.Unmarshal(a.body, &answer); a.status != http.StatusOK || err != nil {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	return answer.File
}

// upload uploads a file.
func (c *client) upload(name string, content []byte) wire.Upload {
	c.t.Helper()
	file := uploadIn(c.t, c.patch(c.announce(name, len(content)).ID, 0, bytes.NewReader(content)))
	if !file.Ready {
		c.t.Fatalf("%s is not ready", name)
	}
	return file
}

// sendFiles sends files to a room.
func (c *client) sendFiles(room chat.RoomID, caption string, files ...chat.FileID) wire.Message {
	c.t.Helper()
	n := wire.NewMessage{ClientID: uuid.NewString(), Kind: chat.MessageFile, Body: caption, Files: files}
	return want[wire.MessageAnswer](c, http.MethodPost, fmt.Sprintf("/rooms/%d/messages", room), n, http.StatusCreated).Message
}

func (c *client) download(id chat.FileID, query string, changes ...func(*http.Request)) answerTo {
	c.t.Helper()
	return c.send(http.MethodGet, fmt.Sprintf("%s/files/%d%s", apiPath, id, query), nil, changes...)
}

func (c *client) privateRoom(name string) chat.RoomID {
	c.t.Helper()
	n := wire.NewRoom{Name: name, Kind: chat.RoomPrivate}
	return want[wire.SubscriptionAnswer](c, http.MethodPost, "/rooms", n, http.StatusCreated).Subscription.ID
}

func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnUploadGoesOnWhereItEnded(t *testing.T) {
	anna := newServer(t).member(t, "anna")
	n := wire.NewFile{ClientID: uuid.NewString(), Name: `C:\tea.txt`, Size: 11}
	file := want[wire.UploadAnswer](anna, http.MethodPost, "/files", n, http.StatusCreated).File
	if file.Name != "tea.txt" || file.Received != 0 || file.Ready {
		t.Errorf("got %+v", file)
	}
	again := want[wire.UploadAnswer](anna, http.MethodPost, "/files", n, http.StatusOK).File
	if again != file {
		t.Errorf("announced again, it is %+v, want %+v", again, file)
	}
	if got := uploadIn(t, anna.patch(file.ID, 0, strings.NewReader("hello "))); got.Received != 6 || got.Ready {
		t.Errorf("got %+v, want 6 bytes", got)
	}
	wantError(t, anna.patch(file.ID, 0, strings.NewReader("hello ")), http.StatusConflict, chat.CodeTaken, "offset")
	path := fmt.Sprintf("/files/%d/upload", file.ID)
	if got := want[wire.UploadAnswer](anna, http.MethodGet, path, nil, http.StatusOK).File; got.Received != 6 {
		t.Errorf("got %+v, want 6 bytes", got)
	}
	wantError(t, anna.download(file.ID, ""), http.StatusNotFound, chat.CodeNotFound, "")
	if got := uploadIn(t, anna.patch(file.ID, 6, strings.NewReader("world"))); !got.Ready || got.Type != "text/plain" || got.Size != 11 {
		t.Errorf("got %+v, want it ready", got)
	}
	if got := anna.download(file.ID, ""); string(got.body) != "hello world" {
		t.Errorf("got %q", got.body)
	}
}

func TestUploadsThatBreakTheRulesAreRefused(t *testing.T) {
	s := newServer(t, func(s *setup) { s.rules.FileSize, s.rules.FilesOfUser, s.rules.Files = 100, 150, 2 })
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	for _, test := range []struct {
		n     wire.NewFile
		code  chat.Code
		field string
	}{
		{wire.NewFile{ClientID: "x", Name: "a", Size: 1}, chat.CodeInvalid, "clientId"},
		{wire.NewFile{ClientID: uuid.NewString(), Name: " \u200b ", Size: 1}, chat.CodeInvalid, "name"},
		{wire.NewFile{ClientID: uuid.NewString(), Name: "a/..", Size: 1}, chat.CodeInvalid, "name"},
		{wire.NewFile{ClientID: uuid.NewString(), Name: "a", Size: 0}, chat.CodeInvalid, "size"},
		{wire.NewFile{ClientID: uuid.NewString(), Name: "a", Size: 101}, chat.CodeTooLarge, "size"},
	} {
		wantError(t, anna.call(http.MethodPost, "/files", test.n), statuses[test.code], test.code, test.field)
	}
	mine := anna.upload("a.txt", bytes.Repeat([]byte("a"), 100))
	wantError(t, anna.call(http.MethodPost, "/files", wire.NewFile{ClientID: uuid.NewString(), Name: "b", Size: 51}),
		http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "size")

	file := bert.announce("b.txt", 3)
	wantError(t, anna.patch(file.ID, 0, strings.NewReader("abc")), http.StatusNotFound, chat.CodeNotFound, "")
	wantError(t, anna.call(http.MethodGet, fmt.Sprintf("/files/%d/upload", file.ID), nil), http.StatusNotFound, chat.CodeNotFound, "")
	wantError(t, bert.patch(file.ID, -1, strings.NewReader("abc")), http.StatusUnprocessableEntity, chat.CodeInvalid, "offset")
	wantError(t, bert.patch(file.ID, 1, strings.NewReader("abc")), http.StatusConflict, chat.CodeTaken, "offset")

	path := "/rooms/1/messages"
	send := func(c *client, field string, code chat.Code, files ...chat.FileID) {
		t.Helper()
		n := wire.NewMessage{ClientID: uuid.NewString(), Kind: chat.MessageFile, Files: files}
		wantError(t, c.call(http.MethodPost, path, n), statuses[code], code, field)
	}
	send(anna, "files", chat.CodeInvalid)
	send(anna, "files", chat.CodeInvalid, mine.ID, mine.ID)
	send(anna, "files", chat.CodeInvalid, mine.ID, file.ID)
	send(anna, "files", chat.CodeTooLarge, mine.ID, 2, 3)
	send(bert, "files", chat.CodeInvalid, file.ID) // not complete
	text := wire.NewMessage{ClientID: uuid.NewString(), Body: "hi", Files: []chat.FileID{mine.ID}}
	wantError(t, anna.call(http.MethodPost, path, text), http.StatusUnprocessableEntity, chat.CodeInvalid, "files")

	anna.call(http.MethodDelete, fmt.Sprintf("/files/%d", file.ID), nil) // of bert
	bert.upload("c.txt", []byte("c"))
	if got := bert.patch(file.ID, 0, strings.NewReader("abc")); got.status != http.StatusOK {
		t.Errorf("somebody else could cancel the upload: %d %s", got.status, got.body)
	}
	if got := anna.call(http.MethodDelete, fmt.Sprintf("/files/%d", mine.ID), nil); got.status != http.StatusNoContent {
		t.Errorf("got %d %s", got.status, got.body)
	}
	anna.upload("d.txt", bytes.Repeat([]byte("d"), 100))
}

func TestFilesAreReadByWhoMayReadTheirMessage(t *testing.T) {
	s := newServer(t)
	anna, bert, carl := s.member(t, "anna"), s.member(t, "bert"), s.member(t, "carl")
	room := anna.privateRoom("den")
	picture := photo(t, 1000, 500)
	file := anna.upload("tea & “cake”.jpg", picture)
	if file.Width != 1000 || file.Height != 500 || file.Type != "image/jpeg" {
		t.Errorf("got %+v", file)
	}
	wantError(t, bert.download(file.ID, ""), http.StatusNotFound, chat.CodeNotFound, "") // not sent yet
	m := anna.sendFiles(room, "look", file.ID)
	if m.Kind != chat.MessageFile || m.Body != "look" || len(m.Files) != 1 || m.Files[0] != file.File {
		t.Errorf("got %+v", m)
	}
	got := anna.download(file.ID, "")
	if got.status != http.StatusOK || !bytes.Equal(got.body, picture) {
		t.Errorf("got %d, %d bytes", got.status, len(got.body))
	}
	small := anna.download(file.ID, "?size=small")
	if c, err := jpeg.DecodeConfig(bytes.NewReader(small.body)); err != nil || c.Width != 320 {
		t.Errorf("the small picture is %d wide (%v)", c.Width, err)
	}
	wantError(t, anna.download(file.ID, "?size=huge"), http.StatusUnprocessableEntity, chat.CodeInvalid, "size")
	for name, outsider := range map[string]*client{"bert": bert, "carl": carl} {
		for _, query := range []string{"", "?size=small"} {
			a := outsider.download(file.ID, query, header("If-None-Match", got.header.Get("ETag")))
			if a.status != http.StatusNotFound {
				t.Errorf("%s got %d", name, a.status)
			}
		}
		wantError(t, outsider.call(http.MethodGet, fmt.Sprintf("/rooms/%d/files", room), nil), http.StatusNotFound, chat.CodeNotFound, "room")
	}
	if a := s.client(t).download(file.ID, ""); a.status != http.StatusUnauthorized {
		t.Errorf("without a session: got %d", a.status)
	}
	if a := anna.download(file.ID, "", header("If-None-Match", got.header.Get("ETag"))); a.status != http.StatusNotModified {
		t.Errorf("asked again: got %d", a.status)
	}
	part := anna.download(file.ID, "", header("Range", "bytes=10-19"))
	if part.status != http.StatusPartialContent || !bytes.Equal(part.body, picture[10:20]) {
		t.Errorf("a range: got %d %q", part.status, part.body)
	}
	list := want[wire.SentFileList](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/files", room), nil, http.StatusOK)
	if len(list.Files) != 1 || list.Files[0].File != file.File || list.Files[0].Seq != m.Seq || list.Files[0].Author.Username != "anna" || list.More {
		t.Errorf("got %+v", list)
	}
	if a := anna.call(http.MethodDelete, fmt.Sprintf("/files/%d", file.ID), nil); a.status != http.StatusNoContent {
		t.Errorf("got %d", a.status)
	}
	if a := anna.download(file.ID, ""); a.status != http.StatusOK {
		t.Errorf("a file in a message could be deleted without it: %d", a.status)
	}
	want[wire.MessageAnswer](anna, http.MethodDelete, fmt.Sprintf("/rooms/%d/messages/%d", room, m.Seq), nil, http.StatusOK)
	wantError(t, anna.download(file.ID, ""), http.StatusNotFound, chat.CodeNotFound, "")
}

func TestWhoIsRemovedFromARoomLosesItsFiles(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := want[wire.SubscriptionAnswer](anna, http.MethodPost, "/rooms", wire.NewRoom{Name: "hall", Kind: chat.RoomPublic}, http.StatusCreated).Subscription.ID
	file := anna.upload("a.txt", []byte("hello"))
	anna.sendFiles(room, "", file.ID)
	if a := bert.download(file.ID, ""); a.status != http.StatusOK {
		t.Fatalf("got %d", a.status)
	}
	a := anna.call(http.MethodPut, fmt.Sprintf("/rooms/%d/bans/%d", room, bert.me.ID), nil)
	if a.status >= http.StatusBadRequest {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	wantError(t, bert.download(file.ID, ""), http.StatusNotFound, chat.CodeNotFound, "")
}

func TestDownloadsNeverRunAsAPageOfOurs(t *testing.T) {
	anna := newServer(t).member(t, "anna")
	for _, test := range []struct{ name, content, kind, how string }{
		{"a.html", "<!doctype html><script>alert(1)</script>", "application/octet-stream", "attachment"},
		{"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "application/octet-stream", "attachment"},
		{"a.txt", "hello", "application/octet-stream", "attachment"},
		{"photo.html", string(photo(t, 20, 10)), "image/jpeg", "inline"},
		{"“Tee”; x=\"y\"\\.txt", "hello", "application/octet-stream", "attachment"},
	} {
		a := anna.download(anna.upload(test.name, []byte(test.content)).ID, "")
		how, parameters, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
		name := test.name[strings.LastIndex(test.name, `\`)+1:]
		if a.header.Get("Content-Type") != test.kind || how != test.how || parameters["filename"] != name || err != nil {
			t.Errorf("%s: got %s, %s (%v), want %s, %s", test.name, a.header.Get("Content-Type"), a.header.Get("Content-Disposition"), err, test.kind, test.how)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "sandbox;") {
			t.Errorf("%s: got the headers %v", test.name, a.header)
		}
		if got := a.header.Get("Cache-Control"); got != "private, no-cache" {
			t.Errorf("%s: got Cache-Control %q", test.name, got)
		}
	}
}

func TestTheCaptionOfFilesCanBeEditedAndBecomeEmpty(t *testing.T) {
	anna := newServer(t).member(t, "anna")
	room := anna.privateRoom("den")
	m := anna.sendFiles(room, "look", anna.upload("a.txt", []byte("hello")).ID)
	path := fmt.Sprintf("/rooms/%d/messages/%d", room, m.Seq)
	for _, caption := range []string{"better", ""} {
		got := want[wire.MessageAnswer](anna, http.MethodPatch, path, wire.MessageChange{Body: caption}, http.StatusOK).Message
		if got.Body != caption || len(got.Files) != 1 {
			t.Errorf("got %+v", got)
		}
	}
	text := anna.call(http.MethodPost, fmt.Sprintf("/rooms/%d/messages", room), wire.NewMessage{ClientID: uuid.NewString(), Body: "hi"})
	if text.status != http.StatusCreated {
		t.Fatal(text.status)
	}
	wantError(t, anna.call(http.MethodPatch, fmt.Sprintf("/rooms/%d/messages/%d", room, m.Seq+1), wire.MessageChange{}), http.StatusUnprocessableEntity, chat.CodeInvalid, "body")
}

func TestAServerWithoutStorageKeepsNoFiles(t *testing.T) {
	anna := newServer(t, func(s *setup) { s.noFiles = true }).member(t, "anna")
	wantError(t, anna.call(http.MethodPost, "/files", wire.NewFile{ClientID: uuid.NewString(), Name: "a", Size: 1}), http.StatusNotFound, chat.CodeNotFound, "")
	wantError(t, anna.download(1, ""), http.StatusNotFound, chat.CodeNotFound, "")
	n := wire.NewMessage{ClientID: uuid.NewString(), Kind: chat.MessageFile, Files: []chat.FileID{1}}
	wantError(t, anna.call(http.MethodPost, "/rooms/1/messages", n), http.StatusNotFound, chat.CodeNotFound, "")
}
