package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/words"
)

// vocabulary is few words of many scripts, so that random queries find something.
var vocabulary = strings.Fields(`a an and train trains Zug Züge café cafés node.js foo_bar 北京 北京大学 大学生 東京 東京タワー
	サクラ さくら สวัสดี สวัสดีครับ 한국 한국어를 Привет привета ёлка हिन्दी कि की مرحبا مَرحبا 🎉 🎉🎉 👍🏽 12 1200 https://example.org/train ß ss`)

// archive is rooms with random messages, and what a search of them should find.
type archive struct {
	f        *fixture
	random   *rand.Rand
	people   []chat.User
	rooms    []chat.RoomID
	members  map[chat.UserID][]chat.RoomID
	messages []chat.Message
}

func newArchive(t *testing.T, f *fixture, seed uint64) *archive {
	t.Helper()
	a := &archive{f: f, random: rand.New(rand.NewPCG(seed, 1)), members: map[chat.UserID][]chat.RoomID{}}
	for _, name := range []string{"ann", "bob", "cleo"} {
		user := f.user(t, name)
		a.people = append(a.people, user)
		a.members[user.ID] = []chat.RoomID{chat.MainRoom}
	}
	a.rooms = []chat.RoomID{chat.MainRoom}
	for i := range 6 {
		room := f.room(t, a.people[0], chat.RoomPrivate, fmt.Sprint("room ", i)).ID
		a.rooms = append(a.rooms, room)
		a.members[a.people[0].ID] = append(a.members[a.people[0].ID], room)
		if i%2 == 0 {
			f.subscribe(t, room, a.people[1])
			a.members[a.people[1].ID] = append(a.members[a.people[1].ID], room)
		}
	}
	return a
}

func (a *archive) words(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = vocabulary[a.random.IntN(len(vocabulary))]
	}
	return strings.Join(list, []string{" ", ", ", "", "\n"}[a.random.IntN(4)])
}

// change sends, edits or deletes a message, or indexes some.
func (a *archive) change(t *testing.T) {
	t.Helper()
	at := func() *chat.Message { return &a.messages[a.random.IntN(len(a.messages))] }
	switch n := a.random.IntN(10); {
	case n < 6 || len(a.messages) == 0:
		room := a.rooms[a.random.IntN(len(a.rooms))]
		author := a.people[a.random.IntN(len(a.people))]
		a.messages = append(a.messages, sendAt(t, a.f, room, author, a.random.IntN(50), a.words(1+a.random.IntN(6))))
	case n < 7:
		if m := at(); !m.Deleted {
			m.Body = a.words(1 + a.random.IntN(4))
			editTo(t, a.f, *m, m.Body)
		}
	case n < 8:
		m := at()
		m.Deleted, m.Body = true, ""
		removeNow(t, a.f, *m)
	default:
		must[int](t)(a.f.IndexMessages(t.Context(), 1+a.random.IntN(20)))
	}
}

func (a *archive) query() chat.MessageSearch {
	search := chat.MessageSearch{By: a.people[a.random.IntN(len(a.people))].ID, Limit: 1 + a.random.IntN(10)}
	for range a.random.IntN(3) {
		text := a.words(1 + a.random.IntN(2))
		if a.random.IntN(4) == 0 {
			runes := []rune(text)
			text = string(runes[:1+a.random.IntN(len(runes))]) + "*"
		}
		search.Terms = append(search.Terms, termsOf([]string{text})...)
	}
	if a.random.IntN(3) == 0 {
		search.Authors = []chat.UserID{a.people[a.random.IntN(len(a.people))].ID}
	}
	if a.random.IntN(3) == 0 {
		search.From = now.Add(time.Duration(a.random.IntN(40)) * time.Second)
	}
	if a.random.IntN(3) == 0 {
		search.Until = now.Add(time.Duration(a.random.IntN(60)) * time.Second)
	}
	if a.random.IntN(5) == 0 {
		search.Has = []chat.Feature{chat.HasLink}
	}
	return search
}

// want compares the search with all messages, one after another.
func (a *archive) want(search chat.MessageSearch) (found []string) {
	var terms []words.Term
	for _, t := range search.Terms {
		if term, ok := words.NewTerm(t.Text, t.Prefix); ok {
			terms = append(terms, term)
		}
	}
	if len(search.Terms) > 0 && len(terms) == 0 {
		return nil
	}
	hits := slices.Clone(a.messages)
	hits = slices.DeleteFunc(hits, func(m chat.Message) bool {
		units := words.Cut(m.Body)
		return m.Deleted || !slices.Contains(a.members[search.By], m.Room) ||
			search.Authors != nil && !slices.Contains(search.Authors, m.Author.ID) ||
			!search.From.IsZero() && m.CreatedAt.Before(search.From) || !search.Until.IsZero() && !m.CreatedAt.Before(search.Until) ||
			len(search.Has) > 0 && !strings.Contains(m.Body, "https://") ||
			slices.ContainsFunc(terms, func(term words.Term) bool { return !term.Within(units) })
	})
	slices.SortStableFunc(hits, func(x, y chat.Message) int { return cmp.Compare(y.CreatedAt.UnixMilli(), x.CreatedAt.UnixMilli()) })
	for _, m := range hits {
		found = append(found, placeIn(m))
	}
	return found
}

func placeIn(m chat.Message) string {
	return fmt.Sprintf("%d %d/%d", m.CreatedAt.Unix(), m.Room, m.Seq)
}

// got runs the search page by page.
func (a *archive) got(t *testing.T, search chat.MessageSearch) (found []string) {
	t.Helper()
	for range 1000 {
		page := findPage(t, a.f, search)
		for _, hit := range page.Hits {
			found = append(found, placeIn(hit.Message))
		}
		if search.After = page.Next; search.After == "" {
			return found
		}
	}
	t.Fatalf("the search %+v does not end", search)
	return nil
}

var randomSearchContracts = []contract{randomSearches(1), randomSearches(2), randomSearches(3)}

func randomSearches(seed uint64) contract {
	name := fmt.Sprintf("random searches find exactly what a comparison with every message finds, seed %d", seed)
	return contract{name, func(t *testing.T, f *fixture) {
		a := newArchive(t, f, seed)
		for range 60 {
			for range 6 {
				a.change(t)
			}
			search := a.query()
			got, all := a.got(t, search), a.want(search)
			if !slices.IsSortedFunc(got, func(x, y string) int { return cmp.Compare(y[:10], x[:10]) }) {
				t.Errorf("%+v: %q is not sorted by time", search, got)
			}
			slices.Sort(got)
			slices.Sort(all)
			want(t, fmt.Sprintf("%+v", search), got, all)
			if t.Failed() {
				return
			}
		}
	}}
}
