package blob_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"partychat/internal/blob"
	"partychat/internal/chat"
	"partychat/internal/picture"
)

func newKeeper(t *testing.T) (*blob.Keeper, chat.BlobStore) {
	t.Helper()
	disk := openDisk(t, filepath.Join(t.TempDir(), "files"))
	return blob.NewKeeper(disk, picture.NewPool(picture.Options{}), disk.Temporary()), disk
}

func agree(int64) error { return nil }

func contentOf(t *testing.T, s chat.BlobStore, key string) string {
	t.Helper()
	b, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all, err := io.ReadAll(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func TestWhatArrivesBeforeTheLineBreaksIsKept(t *testing.T) {
	keeper, store := newKeeper(t)
	broken := errors.New("the line broke")
	from := io.MultiReader(strings.NewReader("half of it"), brokenLine{broken})
	n, cause, err := keeper.Receive(t.Context(), "part-1", 100, from, agree)
	if n != 10 || !errors.Is(cause, broken) || err != nil {
		t.Fatalf("got %d, %v, %v; want 10 bytes and why there are no more", n, cause, err)
	}
	if got := contentOf(t, store, "part-1"); got != "half of it" {
		t.Errorf("got %q", got)
	}
}

type brokenLine struct{ err error }

// Read fails.
func (b brokenLine) Read([]byte) (int, error) { return 0, b.err }

func TestNoMoreIsReceivedThanWasAnnounced(t *testing.T) {
	keeper, store := newKeeper(t)
	n, cause, err := keeper.Receive(t.Context(), "part-1", 4, strings.NewReader("too much"), agree)
	if n != 4 || cause != nil || err != nil || contentOf(t, store, "part-1") != "too " {
		t.Errorf("got %d, %v, %v; want the first 4 bytes", n, cause, err)
	}
}

func TestNothingIsStoredThatWasNotIntended(t *testing.T) {
	keeper, store := newKeeper(t)
	refusal := errors.New("no")
	if _, _, err := keeper.Receive(t.Context(), "part-1", 4, strings.NewReader("x"), func(int64) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("got %v, want the refusal", err)
	}
	wantNoBlob(t, store, "part-1")
	if err := store.Put(t.Context(), "part-2", 5, strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	var intended []chat.FileBlob
	_, err := keeper.Finish(t.Context(), []chat.FileBlob{{Key: "part-2", Size: 5}}, func(blobs []chat.FileBlob) error {
		intended = blobs
		return refusal
	})
	if !errors.Is(err, refusal) || len(intended) != 1 {
		t.Fatalf("got %v for %v, want the refusal", err, intended)
	}
	wantNoBlob(t, store, intended[0].Key)
}

func wantNoBlob(t *testing.T, s chat.BlobStore, key string) {
	t.Helper()
	if b, err := s.Open(t.Context(), key); chat.CodeOf(err) != chat.CodeNotFound {
		if err == nil {
			_ = b.Close() // the test fails anyway
		}
		t.Errorf("got %v, want no blob", err)
	}
}

func TestPartsAreJoinedAndNamedByTheirContent(t *testing.T) {
	keeper, store := newKeeper(t)
	parts := []chat.FileBlob{{Key: "part-1", Size: 6}, {Key: "part-2", Size: 5}}
	for i, text := range []string{"hello ", "world"} {
		if err := store.Put(t.Context(), parts[i].Key, parts[i].Size, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	p, err := keeper.Finish(t.Context(), parts, func([]chat.FileBlob) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	const hash = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
	want := chat.FileBlob{Role: chat.BlobContent, Key: hash, Size: 11}
	if p.Type != "text/plain" || len(p.Blobs) != 1 || p.Blobs[0] != want || contentOf(t, store, hash) != "hello world" {
		t.Errorf("got %+v, want %+v", p, want)
	}
	if _, err := keeper.Finish(t.Context(), []chat.FileBlob{{Key: "part-3", Size: 1}}, func([]chat.FileBlob) error { return nil }); chat.CodeOf(err) != chat.CodeNotFound {
		t.Errorf("got %v for a part that is not there", err)
	}
	if err := store.Put(t.Context(), "part-1", 1, bytes.NewReader([]byte("x"))); err != nil {
		t.Fatal(err)
	}
	if _, err := keeper.Finish(t.Context(), parts, func([]chat.FileBlob) error { return nil }); err == nil {
		t.Error("a part of another size was joined")
	}
}
