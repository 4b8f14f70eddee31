package storetest

import (
	"runtime"
	"strings"
	"testing"

	"partychat/internal/chat"
)

// RunMemory holds what one page takes of this process's memory against the bytes
// that the page is allowed. It must run alone, because it counts everything.
func RunMemory(t *testing.T, store chat.Store) {
	const (
		messages = 200
		bytes    = 128 << 10
		allowed  = 8 * bytes // the page, and what the driver copies on its way
	)
	f := &fixture{shorter{store}}
	ann := f.user(t, "ann")
	long := strings.Repeat("𐐷", 8_000)
	for range messages {
		f.send(t, chat.MainRoom, ann, long)
	}
	read := map[string]func() (int, error){
		"the latest": func() (int, error) {
			page, err := f.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Limit: messages, Bytes: bytes})
			return len(page.Messages), err
		},
		"the first": func() (int, error) {
			page, err := f.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Direction: chat.PageAfter, Limit: messages, Bytes: bytes})
			return len(page.Messages), err
		},
		"changes": func() (int, error) {
			changes, err := f.ChangesSince(t.Context(), chat.MainRoom, 0, messages, bytes)
			return len(changes.Messages), err
		},
	}
	for name, page := range read {
		for warm := range 2 { // the first time prepares the statement
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			n, err := page()
			runtime.ReadMemStats(&after)
			if err != nil || n == 0 || n >= messages {
				t.Fatalf("%s: got %d messages, %v, want some of them", name, n, err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; warm == 1 && took > allowed {
				t.Errorf("%s: a page of %d bytes took %d bytes of memory, want at most %d", name, bytes, took, allowed)
			}
		}
	}
}
