// Package blobtest holds the contract of chat.BlobStore as tests, which every
// implementation runs.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"partychat/internal/chat"
)

// Run runs the contract. open gives an empty store.
func Run(t *testing.T, open func(t *testing.T) chat.BlobStore) {
	t.Helper()
	c := contract{open}
	t.Run("what was put can be read, as a whole and in parts", c.readsBack)
	t.Run("a key that is not there is not found", c.missing)
	t.Run("putting a key again replaces it", c.replaces)
	t.Run("a wrong number of bytes stores nothing", c.wrongSize)
	t.Run("a source that fails stores nothing", c.failingSource)
	t.Run("deleting twice is no error", c.deletes)
	t.Run("every key is listed", c.lists)
	t.Run("keys that name other places are refused", c.strangeKeys)
	t.Run("readers of a replaced key keep what they opened", c.readersKeep)
	t.Run("all methods can be used at the same time", c.concurrent)
	t.Run("an ended context stores nothing", c.endedContext)
}

// contract has a test for each sentence of the contract.
type contract struct {
	open func(t *testing.T) chat.BlobStore
}

// begin lets the test run beside the others, and opens its store.
func (c contract) begin(t *testing.T) chat.BlobStore {
	t.Helper()
	t.Parallel()
	return c.open(t)
}

func put(t *testing.T, s chat.BlobStore, key string, content []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Errorf("Put(%s): %v", key, err)
	}
}

func wantContent(t *testing.T, s chat.BlobStore, key string, want []byte) {
	t.Helper()
	blob, err := s.Open(t.Context(), key)
	if err != nil {
		t.Errorf("Open(%s): %v", key, err)
		return
	}
	defer blob.Close()
	got, err := io.ReadAll(blob)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes (%v), want the %d that were put", key, len(got), err, len(want))
	}
	if blob.Size() != int64(len(want)) {
		t.Errorf("%s has the size %d, want %d", key, blob.Size(), len(want))
	}
}

func wantMissing(t *testing.T, s chat.BlobStore, key string) {
	t.Helper()
	blob, err := s.Open(t.Context(), key)
	if err == nil {
		blob.Close()
	}
	if chat.CodeOf(err) != chat.CodeNotFound {
		t.Errorf("Open(%s): got %v, want %s", key, err, chat.CodeNotFound)
	}
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b)
	return b
}

func (c contract) readsBack(t *testing.T) {
	s := c.begin(t)
	content := random(300_000)
	put(t, s, "abc-1", content)
	put(t, s, "empty", nil)
	wantContent(t, s, "abc-1", content)
	wantContent(t, s, "empty", nil)
	blob, err := s.Open(t.Context(), "abc-1")
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	for _, at := range []int64{200_000, 7, 299_990} {
		if _, err := blob.Seek(at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, 10)
		if _, err := io.ReadFull(blob, part); err != nil || !bytes.Equal(part, content[at:at+10]) {
			t.Errorf("at %d: got %x (%v), want %x", at, part, err, content[at:at+10])
		}
	}
}

func (c contract) missing(t *testing.T) {
	s := c.begin(t)
	wantMissing(t, s, "nothing")
	wantMissing(t, s, "../../etc/passwd")
}

func (c contract) replaces(t *testing.T) {
	s := c.begin(t)
	put(t, s, "key", []byte("a longer first content"))
	put(t, s, "key", []byte("second"))
	wantContent(t, s, "key", []byte("second"))
}

func (c contract) wrongSize(t *testing.T) {
	s := c.begin(t)
	for _, size := range []int64{3, 5} {
		if err := s.Put(t.Context(), "four", size, strings.NewReader("four")); err == nil {
			t.Errorf("four bytes announced as %d: got no error", size)
		}
		wantMissing(t, s, "four")
	}
}

func (c contract) failingSource(t *testing.T) {
	s := c.begin(t)
	broken := errors.New("the line broke")
	source := io.MultiReader(strings.NewReader("half"), &failing{broken})
	if err := s.Put(t.Context(), "half", 8, source); err == nil {
		t.Error("got no error")
	}
	wantMissing(t, s, "half")
}

type failing struct{ err error }

// Read fails.
func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func (c contract) deletes(t *testing.T) {
	s := c.begin(t)
	put(t, s, "gone", []byte("x"))
	for range 2 {
		if err := s.Delete(t.Context(), "gone"); err != nil {
			t.Errorf("Delete: %v", err)
		}
	}
	wantMissing(t, s, "gone")
}

func (c contract) lists(t *testing.T) {
	s := c.begin(t)
	var want []string
	for i := range 25 {
		key := fmt.Sprintf("%02d-key", i)
		put(t, s, key, make([]byte, i))
		want = append(want, fmt.Sprintf("%s %d", key, i))
	}
	got := listed(t, s)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	enough := errors.New("enough")
	if err := s.Each(t.Context(), func(chat.StoredBlob) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("got %v, want the error of the function", err)
	}
}

func listed(t *testing.T, s chat.BlobStore) (list []string) {
	t.Helper()
	err := s.Each(t.Context(), func(b chat.StoredBlob) error {
		if b.At.IsZero() {
			t.Errorf("%s was stored at no time", b.Key)
		}
		list = append(list, fmt.Sprintf("%s %d", b.Key, b.Size))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func (c contract) strangeKeys(t *testing.T) {
	s := c.begin(t)
	for _, key := range []string{"", "ab", "../up", "a/b/c", "UPPER", "a.b", "nul\x00", strings.Repeat("k", 101)} {
		if err := s.Put(t.Context(), key, 1, strings.NewReader("x")); err == nil {
			t.Errorf("Put(%q): got no error", key)
		}
		if err := s.Delete(t.Context(), key); err == nil {
			t.Errorf("Delete(%q): got no error", key)
		}
	}
	if got := listed(t, s); len(got) > 0 {
		t.Errorf("got %q, want nothing stored", got)
	}
}

func (c contract) readersKeep(t *testing.T) {
	s := c.begin(t)
	put(t, s, "key", []byte("first"))
	blob, err := s.Open(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	got := make([]byte, 5)
	if _, err := io.ReadFull(blob, got); err != nil || string(got) != "first" {
		t.Errorf("got %q (%v), want first", got, err)
	}
	put(t, s, "key", []byte("other"))
	wantContent(t, s, "key", []byte("other"))
}

// Those who store the same key at the same time store the same content, because keys
// are made from it.
func (c contract) concurrent(t *testing.T) {
	s := c.begin(t)
	content := random(2000)
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			own := fmt.Sprintf("own-%d", i)
			for range 5 {
				put(t, s, "shared", content)
				put(t, s, own, content[:i])
				wantContent(t, s, "shared", content)
				wantContent(t, s, own, content[:i])
				if err := s.Delete(t.Context(), own); err != nil {
					t.Errorf("Delete: %v", err)
				}
			}
		})
	}
	work.Wait()
}

func (c contract) endedContext(t *testing.T) {
	s := c.begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, "late", 4, strings.NewReader("late")); err == nil {
		t.Error("got no error")
	}
	wantMissing(t, s, "late")
}
