//go:build linux

package faults

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// machine is the services on a real store, together with their model.
type machine struct {
	*rapid.T
	outer  *testing.T
	folder string
	opened int // number of opened folders, which names the next one
	store  *sqlite.Store
	broker *local.Broker
	chat   *chat.Chat
	users  []chat.User
	model  model
}

// open opens the data folder, and so restarts the server.
func (m *machine) open(folder string) {
	m.folder = folder
	var err error
	if m.store, err = sqlite.Open(m.outer.Context(), sqlite.Options{Path: filepath.Join(folder, databaseFile)}); err != nil {
		m.Fatal(err)
	}
	m.broker = local.New()
	m.chat = chat.New(chat.Deps{Store: m.store, Broker: m.broker, Hasher: plain{}, Fold: auth.FoldName})
}

func (m *machine) close() {
	if err := m.store.Close(); err != nil {
		m.Error(err)
	}
	_ = m.broker.Close()
}

// room is the only room used.
const room = chat.MainRoom

func (m *machine) user(t *rapid.T) chat.User { return rapid.SampledFrom(m.users).Draw(t, "user") }

func body(t *rapid.T) string { return rapid.StringMatching(`[a-zäß🙂]{1,20}`).Draw(t, "body") }

// stored adds a new message to the model.
func (m *machine) stored(t *rapid.T, got chat.Message, by chat.User, clientID, body string) {
	m.model.rev++
	want := entry{
		Seq: int64(len(m.model.messages)) + 1, Rev: m.model.rev, Author: by.ID, ClientID: clientID, Body: body,
	}
	if diff := cmp.Diff(want, entryOf(got)); diff != "" {
		t.Fatalf("sent, -want +got:\n%s", diff)
	}
	m.model.messages = append(m.model.messages, want)
	m.model.read[by.ID] = want.Seq
}

// send sends a message, once or several times concurrently.
func (m *machine) send(t *rapid.T) {
	by, text, times := m.user(t), body(t), rapid.IntRange(1, 4).Draw(t, "concurrent attempts")
	clientID := uuid.NewString()
	type result struct {
		message *chat.Message
		created bool
		err     error
	}
	results := make([]result, times)
	var work sync.WaitGroup
	for i := range results {
		work.Go(func() {
			r := &results[i]
			r.message, r.created, r.err = m.chat.Messages.Send(m.outer.Context(), by, chat.SendInput{Room: room, ClientID: clientID, Body: text})
		})
	}
	work.Wait()
	created := 0
	for _, r := range results {
		if r.err != nil {
			t.Fatal(r.err)
		}
		if r.created {
			created++
		}
		if diff := cmp.Diff(results[0].message, r.message); diff != "" {
			t.Fatalf("two attempts of one send got different answers:\n%s", diff)
		}
	}
	if created != 1 {
		t.Fatalf("created %d times, want once", created)
	}
	m.stored(t, *results[0].message, by, clientID, text)
}

// sendAll has everyone send concurrently.
func (m *machine) sendAll(t *rapid.T) {
	n := rapid.IntRange(2, 12).Draw(t, "senders")
	sent := make([]*chat.Message, n)
	errs := make([]error, n)
	var work sync.WaitGroup
	for i := range sent {
		work.Go(func() {
			input := chat.SendInput{Room: room, ClientID: uuid.NewString(), Body: strconv.Itoa(i)}
			sent[i], _, errs[i] = m.chat.Messages.Send(m.outer.Context(), m.users[i%len(m.users)], input)
		})
	}
	work.Wait()
	for i, err := range errs {
		if err != nil {
			t.Fatalf("sender %d: %v", i, err)
		}
	}
	slices.SortFunc(sent, func(a, b *chat.Message) int { return int(a.Seq - b.Seq) })
	for _, got := range sent {
		m.stored(t, *got, chat.User{ID: got.Author.ID}, got.ClientID, got.Body)
	}
}

// some picks a message. If there is none, it sends one first.
func (m *machine) some(t *rapid.T) *entry {
	if len(m.model.messages) == 0 {
		m.send(t)
	}
	return &m.model.messages[rapid.IntRange(0, len(m.model.messages)-1).Draw(t, "message")]
}

// author returns the message's author.
func (m *machine) author(e *entry) chat.User {
	return m.users[slices.IndexFunc(m.users, func(u chat.User) bool { return u.ID == e.Author })]
}

// retry sends a stored message again, like a client that missed the answer.
func (m *machine) retry(t *rapid.T) {
	e := m.some(t)
	got, created, err := m.chat.Messages.Send(m.outer.Context(), m.author(e), chat.SendInput{Room: room, ClientID: e.ClientID, Body: body(t)})
	if err != nil || created {
		t.Fatalf("a retry: created %t, %v", created, err)
	}
	if diff := cmp.Diff(*e, entryOf(*got)); diff != "" {
		t.Fatalf("a retry, -want +got:\n%s", diff)
	}
}

func (m *machine) edit(t *rapid.T) {
	e, by, text := m.some(t), m.user(t), body(t)
	want := *e
	switch mine := by.ID == e.Author; {
	case mine && !e.Deleted && e.Body != text:
		m.model.rev++
		want.Rev, want.Body = m.model.rev, text
	case !mine || e.Deleted:
		if got, err := m.chat.Messages.Edit(m.outer.Context(), by, room, e.Seq, text); err == nil {
			t.Fatalf("an edit that must be refused succeeded: %+v", got)
		}
		return
	}
	got, err := m.chat.Messages.Edit(m.outer.Context(), by, room, e.Seq, text)
	m.changed(t, e, want, got, err)
}

func (m *machine) delete(t *rapid.T) {
	e := m.some(t)
	want := *e
	if !e.Deleted {
		m.model.rev++
		want.Rev, want.Body, want.Deleted = m.model.rev, "", true
	}
	got, err := m.chat.Messages.Delete(m.outer.Context(), m.author(e), room, e.Seq)
	m.changed(t, e, want, got, err)
}

func (m *machine) changed(t *rapid.T, e *entry, want entry, got chat.Message, err error) {
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, entryOf(got)); diff != "" {
		t.Fatalf("changed, -want +got:\n%s", diff)
	}
	*e = want
}

func (m *machine) markRead(t *rapid.T) {
	by, seq := m.user(t), rapid.Int64Range(0, int64(len(m.model.messages))).Draw(t, "seq")
	got, err := m.chat.Rooms.MarkRead(m.outer.Context(), by, room, seq, chat.AnyMark)
	if err != nil {
		t.Fatal(err)
	}
	m.model.read[by.ID] = max(m.model.read[by.ID], seq)
	if want := m.model.read[by.ID]; got.ReadSeq != want {
		t.Fatalf("read up to %d, want %d", got.ReadSeq, want)
	}
}

func (m *machine) sync(t *rapid.T) {
	since := rapid.Int64Range(0, m.model.rev).Draw(t, "since")
	want, at := m.model.since(since), since
	var got []entry
	for {
		changes, err := m.chat.Messages.ChangesSince(m.outer.Context(), m.user(t), room, at)
		if err != nil || changes.StartOver {
			t.Fatalf("since %d of %d: start over %t, %v", at, m.model.rev, changes.StartOver, err)
		}
		got, at = append(got, entriesOf(changes.Messages)...), changes.Rev
		if !changes.More {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("changed since %d, -want +got:\n%s", since, diff)
	}
	if at != m.model.rev {
		t.Fatalf("synced up to rev %d, want %d", at, m.model.rev)
	}
}

func (m *machine) page(t *rapid.T) {
	all := m.model.messages
	seq, limit := rapid.IntRange(1, len(all)+1).Draw(t, "seq"), rapid.IntRange(1, 30).Draw(t, "limit")
	ask := rapid.SampledFrom([]chat.MessagePage{
		{Limit: limit},
		{Direction: chat.PageBefore, Seq: int64(seq), Limit: limit},
		{Direction: chat.PageAfter, Seq: int64(seq - 1), Limit: limit},
	}).Draw(t, "page")
	var want []entry
	switch ask.Direction {
	case chat.PageLatest:
		want = all[max(0, len(all)-limit):]
	case chat.PageBefore:
		want = all[max(0, seq-1-limit) : seq-1]
	case chat.PageAfter:
		want = all[seq-1 : min(len(all), seq-1+limit)]
	}
	got, err := m.chat.Messages.Page(m.outer.Context(), m.user(t), room, ask)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, entriesOf(got.Messages), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("page %+v, -want +got:\n%s", ask, diff)
	}
	if got.Seq != int64(len(all)) || got.Rev != m.model.rev {
		t.Fatalf("heads: seq %d, rev %d, want %d and %d", got.Seq, got.Rev, len(all), m.model.rev)
	}
}

// crash continues with the files that a process killed now would leave, copied
// while the database is open.
func (m *machine) crash(t *rapid.T) {
	m.opened++
	next := filepath.Join(filepath.Dir(m.folder), strconv.Itoa(m.opened))
	if err := os.Mkdir(next, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{databaseFile, databaseFile + "-wal"} {
		raw, err := os.ReadFile(filepath.Join(m.folder, file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(next, file), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := m.folder
	m.close()
	if err := os.RemoveAll(before); err != nil {
		t.Fatal(err)
	}
	m.open(next)
}

// restart stops the server gracefully.
func (m *machine) restart(*rapid.T) {
	m.close()
	m.open(m.folder)
}

// check compares the whole room, and everyone's list, with the model.
func (m *machine) check(t *rapid.T) {
	var got []entry
	for after := int64(0); ; {
		page, err := m.chat.Messages.Page(m.outer.Context(), m.users[0], room, chat.MessagePage{Direction: chat.PageAfter, Seq: after, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, entriesOf(page.Messages)...)
		if after = int64(len(got)); !page.More {
			break
		}
	}
	if diff := cmp.Diff(m.model.messages, got); diff != "" {
		t.Fatalf("the room, -want +got:\n%s", diff)
	}
	for _, u := range m.users {
		subs, err := m.chat.Rooms.Subscriptions(m.outer.Context(), u.ID)
		if err != nil || len(subs) != 1 {
			t.Fatalf("subscriptions of %s: %d, %v", u.Username, len(subs), err)
		}
		read, seq := m.model.read[u.ID], int64(len(got))
		if s := subs[0]; s.Membership.ReadSeq != read || s.Seq != seq || s.Rev != m.model.rev || s.Unread != m.model.unread(read) {
			t.Fatalf("%s has read %d of seq %d, rev %d, %d unread; want %d of %d, %d, %d", u.Username,
				s.Membership.ReadSeq, s.Seq, s.Rev, s.Unread, read, seq, m.model.rev, m.model.unread(read))
		}
	}
}
