//go:build linux

package faults

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// model is the expected state of one room.
type model struct {
	messages []entry // by seq, from 1
	rev      int64
	read     map[chat.UserID]int64
}

// entry is the expected state of a message.
type entry struct {
	Seq, Rev int64
	Author   chat.UserID
	ClientID string
	Body     string
	Deleted  bool
}

func entryOf(m chat.Message) entry {
	return entry{Seq: m.Seq, Rev: m.Rev, Author: m.Author.ID, ClientID: m.ClientID, Body: m.Body, Deleted: m.Deleted}
}

func entriesOf(list []chat.Message) (entries []entry) {
	for _, m := range list {
		entries = append(entries, entryOf(m))
	}
	return entries
}

// unread counts the messages after the read position that have not been deleted.
func (m *model) unread(read int64) (n int64) {
	for _, e := range m.messages[read:] {
		if !e.Deleted {
			n++
		}
	}
	return n
}

// since returns the changes after the rev, in the order of rev.
func (m *model) since(rev int64) (entries []entry) {
	for _, e := range m.messages {
		if e.Rev > rev {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return int(a.Rev - b.Rev) })
	return entries
}

func TestRandomCommandsAndCrashesMatchAModel(t *testing.T) {
	s := measured(t, "random commands and crashes, compared with a model")
	runs := short(12, 100)
	if err := flag.Set("rapid.checks", strconv.Itoa(runs)); err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	run, actions := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &machine{T: rt, outer: t, model: model{read: make(map[chat.UserID]int64)}}
		m.open(filepath.Join(base, strconv.Itoa(run), "0"))
		defer func() {
			m.close()
			inspect(t, m.folder)
			_ = os.RemoveAll(filepath.Dir(m.folder))
		}()
		for i := range 3 {
			user, err := m.chat.Users.SignUp(t.Context(), chat.SignUpInput{Username: fmt.Sprintf("user%d", i), Password: "no password", Local: true})
			if err != nil {
				rt.Fatal(err)
			}
			m.users = append(m.users, user)
			m.model.rev++ // of joining main
		}
		counted := func(action func(*rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) { actions++; action(t) }
		}
		rt.Repeat(map[string]func(*rapid.T){
			"send": counted(m.send), "concurrent sends": counted(m.sendAll), "retry": counted(m.retry),
			"edit": counted(m.edit), "delete": counted(m.delete), "read": counted(m.markRead),
			"sync": counted(m.sync), "page": counted(m.page), "crash": counted(m.crash), "restart": counted(m.restart),
			"": m.check,
		})
	})
	s.note("runs, commands", "%d, %d", run, actions)
}
