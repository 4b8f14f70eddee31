package chat_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"partychat/internal/blob"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/naming"
	"partychat/internal/picture"
	"partychat/internal/store/sqlitetest"
)

// filing is the services with files, and a clock.
type filing struct {
	*chat.Chat
	disk  *blob.Disk
	clock time.Time
}

func newFiling(t *testing.T) *filing {
	t.Helper()
	store, broker := sqlitetest.Open(t), local.New()
	t.Cleanup(func() {
		if err := errors.Join(broker.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	disk, err := blob.OpenDisk(t.TempDir() + "/files")
	if err != nil {
		t.Fatal(err)
	}
	f := &filing{disk: disk, clock: now}
	f.Chat = chat.New(chat.Deps{
		Store: store, Broker: broker, Hasher: &hasher{}, Fold: fold, Key: naming.SearchKey, Presence: local.NewPresence(),
		Files: blob.NewKeeper(disk, picture.NewPool(picture.Options{}), disk.Temporary()),
		Now:   func() time.Time { return f.clock },
	})
	return f
}

func (f *filing) user(t *testing.T, name string) chat.User {
	t.Helper()
	user, err := f.Users.SignUp(t.Context(), chat.SignUpInput{Username: name, Password: "password of " + name, Local: true})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func (f *filing) announce(t *testing.T, by chat.User, clientID string, size int) chat.File {
	t.Helper()
	file, _, err := f.Files.Create(t.Context(), by, chat.NewFileInput{ClientID: clientID, Name: "a.txt", Size: int64(size)})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// stored counts the blobs.
func (f *filing) stored(t *testing.T) (n int) {
	t.Helper()
	err := f.disk.Each(t.Context(), func(chat.StoredBlob) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (f *filing) sweep(t *testing.T, after time.Duration) {
	t.Helper()
	f.clock = f.clock.Add(after)
	if err := f.Files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

const oneID, otherID = "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a12"

func TestAnUploadThatBreaksOffGoesOnWhereItEnded(t *testing.T) {
	f := newFiling(t)
	ada := f.user(t, "ada")
	file := f.announce(t, ada, oneID, 10)
	broken := io.MultiReader(strings.NewReader("hello"), failing{})
	_, err := f.Files.Append(t.Context(), ada, file.ID, 0, broken)
	wantCode(t, "a broken upload", err, chat.CodeUnavailable, "")
	file, err = f.Files.Upload(t.Context(), ada, file.ID)
	want(t, "error", err, nil)
	want(t, "received", file.Received, 5)
	file, err = f.Files.Append(t.Context(), ada, file.ID, 5, strings.NewReader("world"))
	want(t, "error", err, nil)
	want(t, "ready", file.Ready, true)
	_, _, b, err := f.Files.Open(t.Context(), ada, file.ID, chat.BlobContent)
	want(t, "error", err, nil)
	var got bytes.Buffer
	if _, err := got.ReadFrom(b); err != nil || b.Close() != nil || got.String() != "helloworld" {
		t.Errorf("got %q (%v)", got.String(), err)
	}
}

type failing struct{}

// Read fails.
func (failing) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

func TestTheSweeperRemovesWhatNothingNeeds(t *testing.T) {
	f := newFiling(t)
	ada := f.user(t, "ada")
	file := f.announce(t, ada, oneID, 5)
	if _, err := f.Files.Append(t.Context(), ada, file.ID, 0, strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	want(t, "blobs of a ready file, with its part", f.stored(t), 2)
	f.sweep(t, 0)
	want(t, "blobs without the part", f.stored(t), 1)
	m, _, err := f.Messages.Send(t.Context(), ada, chat.SendInput{Room: chat.MainRoom, ClientID: oneID, Kind: chat.MessageFile, Files: []chat.FileID{file.ID}})
	want(t, "error", err, nil)

	unsent := f.announce(t, ada, otherID, 5)
	if _, err := f.Files.Append(t.Context(), ada, unsent.ID, 0, strings.NewReader("other")); err != nil {
		t.Fatal(err)
	}
	f.sweep(t, 23*time.Hour)
	want(t, "blobs on the first day", f.stored(t), 2)
	f.sweep(t, 2*time.Hour)
	want(t, "blobs once the unsent file has gone", f.stored(t), 1)
	if _, err := f.Messages.Delete(t.Context(), ada, chat.MainRoom, m.Seq); err != nil {
		t.Fatal(err)
	}
	f.sweep(t, 0)
	want(t, "blobs of a deleted message", f.stored(t), 0)
}

// A process may die after it has stored bytes and before any file has them.
func TestBytesThatNoFileTookAreRemovedInTheEnd(t *testing.T) {
	f := newFiling(t)
	ada := f.user(t, "ada")
	file := f.announce(t, ada, oneID, 10)
	for _, offset := range []int64{0, 0} { // the second one is refused after its bytes were stored, or before
		_, _ = f.Files.Append(t.Context(), ada, file.ID, offset, strings.NewReader("hello"))
	}
	if err := f.Files.Cancel(t.Context(), ada, file.ID); err != nil {
		t.Fatal(err)
	}
	f.sweep(t, 2*time.Hour)
	want(t, "blobs", f.stored(t), 0)
}
