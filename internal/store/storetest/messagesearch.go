package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
)

// find returns the bodies found, newest first, with the marked parts in brackets.
func findIn(t *testing.T, f *fixture, by chat.User, terms ...string) []string {
	t.Helper()
	return marked(findPage(t, f, chat.MessageSearch{By: by.ID, Terms: termsOf(terms)}).Hits)
}

// findPage runs a search with defaults.
func findPage(t *testing.T, f *fixture, search chat.MessageSearch) chat.MessageHits {
	t.Helper()
	for field, value := range map[*int]int{&search.Limit: 50, &search.Candidates: 2000, &search.Tail: 5000} {
		if *field == 0 {
			*field = value
		}
	}
	hits, err := f.FindMessages(t.Context(), search)
	if err != nil {
		t.Fatalf("FindMessages(%+v): %v", search, err)
	}
	return hits
}

// termsOf returns a term for each text; one that ends with a star is a prefix.
func termsOf(texts []string) (terms []chat.SearchTerm) {
	for _, text := range texts {
		terms = append(terms, chat.SearchTerm{Text: text, Prefix: strings.HasSuffix(text, "*")})
	}
	return terms
}

func marked(hits []chat.MessageHit) []string {
	list := []string{}
	for _, hit := range hits {
		var b strings.Builder
		at := 0
		for _, mark := range hit.Marks {
			b.WriteString(hit.Message.Body[at:mark.Start] + "[" + hit.Message.Body[mark.Start:mark.End] + "]")
			at = mark.End
		}
		list = append(list, b.String()+hit.Message.Body[at:])
	}
	return list
}

// sendAt sends a message at a time after now, in seconds.
func sendAt(t *testing.T, f *fixture, room chat.RoomID, by chat.User, seconds int, body string) chat.Message {
	t.Helper()
	m := newMessage(room, by, body)
	m.CreatedAt = now.Add(time.Duration(seconds) * time.Second)
	message, _, err := f.AppendMessage(t.Context(), m)
	if err != nil {
		t.Fatalf("AppendMessage(%q): %v", body, err)
	}
	return message
}

// indexAll adds everything to the index.
func indexAll(t *testing.T, f *fixture) {
	t.Helper()
	if err := f.CompareIndex(t.Context()); err != nil {
		t.Fatalf("CompareIndex: %v", err)
	}
	for {
		n, err := f.IndexMessages(t.Context(), 100)
		if err != nil {
			t.Fatalf("IndexMessages: %v", err)
		}
		if n == 0 {
			return
		}
	}
}

// eachState runs a test with nothing indexed, with everything, and with everything
// indexed anew.
func inEachState(t *testing.T, f *fixture, test func(state string)) {
	t.Helper()
	test("unindexed")
	indexAll(t, f)
	test("indexed")
	if err := f.ResetIndex(t.Context()); err != nil {
		t.Fatalf("ResetIndex: %v", err)
	}
	test("reset")
	indexAll(t, f)
	test("indexed anew")
}

func editTo(t *testing.T, f *fixture, m chat.Message, body string) {
	t.Helper()
	if _, _, err := f.ChangeMessage(t.Context(), nil, m.Room, m.Seq, chat.MessageEdit{Body: body, At: now}); err != nil {
		t.Fatalf("edit: %v", err)
	}
}

func removeNow(t *testing.T, f *fixture, m chat.Message) {
	t.Helper()
	if _, _, err := f.ChangeMessage(t.Context(), nil, m.Room, m.Seq, chat.MessageDeletion{}); err != nil {
		t.Fatalf("delete: %v", err)
	}
}

var messageSearchContracts = []contract{
	{"words, beginnings and phrases are found, newest first", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for i, body := range []string{"The train to York", "New York trains", "york new york", "nothing"} {
			sendAt(t, f, chat.MainRoom, ann, i, body)
		}
		inEachState(t, f, func(state string) {
			want(t, state+": a word", findIn(t, f, ann, "york"), []string{"[york] new [york]", "New [York] trains", "The train to [York]"})
			want(t, state+": another case", findIn(t, f, ann, "TRAIN"), []string{"The [train] to York"})
			want(t, state+": a beginning", findIn(t, f, ann, "train*"), []string{"New York [trains]", "The [train] to York"})
			want(t, state+": two words", findIn(t, f, ann, "york", "tr*"), []string{"New [York] [trains]", "The [train] to [York]"})
			want(t, state+": a phrase", findIn(t, f, ann, "new york"), []string{"york [new york]", "[New York] trains"})
			want(t, state+": what nobody wrote", findIn(t, f, ann, "zebra"), []string{})
			want(t, state+": only signs", findIn(t, f, ann, "?!"), []string{})
		})
	}},
	{"a message is found as soon as it is sent, and by what it says now", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		first := sendAt(t, f, chat.MainRoom, ann, 1, "apples")
		second := sendAt(t, f, chat.MainRoom, ann, 2, "apples too")
		indexAll(t, f)
		sendAt(t, f, chat.MainRoom, ann, 3, "more apples")
		want(t, "with a new one", findIn(t, f, ann, "apples"), []string{"more [apples]", "[apples] too", "[apples]"})
		editTo(t, f, first, "pears")
		removeNow(t, f, second)
		for _, state := range []string{"changed", "indexed"} {
			want(t, state+": apples", findIn(t, f, ann, "apples"), []string{"more [apples]"})
			want(t, state+": pears", findIn(t, f, ann, "pears"), []string{"[pears]"})
			indexAll(t, f)
		}
		editTo(t, f, first, "apples again")
		indexAll(t, f)
		want(t, "edited back", findIn(t, f, ann, "apples"), []string{"more [apples]", "[apples] again"})
	}},
	{"only rooms that the user is a member of now are searched", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		public := f.room(t, ann, chat.RoomPublic, "public")
		sendAt(t, f, den.ID, ann, 1, "secret plan")
		sendAt(t, f, public.ID, ann, 2, "public plan")
		talk := f.converse(t, ann, bob)
		sendAt(t, f, talk.ID, ann, 3, "our plan")
		inEachState(t, f, func(state string) {
			want(t, state+": ann", findIn(t, f, ann, "plan"), []string{"our [plan]", "public [plan]", "secret [plan]"})
			want(t, state+": bob", findIn(t, f, bob, "plan"), []string{"our [plan]"})
			f.subscribe(t, den.ID, bob)
			want(t, state+": bob as a member", findIn(t, f, bob, "plan"), []string{"our [plan]", "secret [plan]"})
			must[bool](t)(f.Unsubscribe(t.Context(), nil, den.ID, bob.ID))
			want(t, state+": bob after leaving", findIn(t, f, bob, "plan"), []string{"our [plan]"})
			in := findPage(t, f, chat.MessageSearch{By: bob.ID, Rooms: []chat.RoomID{public.ID}, Terms: termsOf([]string{"plan"})})
			want(t, state+": in a room that the caller names", marked(in.Hits), []string{"public [plan]"})
		})
		want(t, "conversations of bob", must[[]chat.RoomID](t)(f.ConversationsWith(t.Context(), bob.ID, []chat.UserID{ann.ID, 5})), []chat.RoomID{talk.ID})
		want(t, "conversations with nobody", must[[]chat.RoomID](t)(f.ConversationsWith(t.Context(), bob.ID, nil)), []chat.RoomID{})
	}},
	{"authors, times and features narrow a search, with and without words", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		sendAt(t, f, chat.MainRoom, ann, 10, "look: https://example.org/train")
		sendAt(t, f, chat.MainRoom, bob, 20, "train at 9")
		sendAt(t, f, chat.MainRoom, ann, 30, "train http:// nothing")
		notice := newMessage(chat.MainRoom, bob, "train")
		notice.Kind = chat.MessageNotice
		if _, _, err := f.AppendMessage(t.Context(), notice); err != nil {
			t.Fatal(err)
		}
		train := termsOf([]string{"train"})
		inEachState(t, f, func(state string) {
			for _, test := range []struct {
				what   string
				search chat.MessageSearch
				want   []int // seconds
			}{
				{"everything", chat.MessageSearch{Terms: train}, []int{30, 20, 10}},
				{"from ann", chat.MessageSearch{Terms: train, Authors: []chat.UserID{ann.ID}}, []int{30, 10}},
				{"all from bob", chat.MessageSearch{Authors: []chat.UserID{bob.ID}}, []int{20}},
				{"from either", chat.MessageSearch{Authors: []chat.UserID{bob.ID, ann.ID}}, []int{30, 20, 10}},
				{"from nobody", chat.MessageSearch{Terms: train, Authors: []chat.UserID{}}, nil},
				{"with a link", chat.MessageSearch{Has: []chat.Feature{chat.HasLink}}, []int{10}},
				{"with a link and a word", chat.MessageSearch{Terms: termsOf([]string{"look"}), Has: []chat.Feature{chat.HasLink}}, []int{10}},
				{"from 20 on", chat.MessageSearch{Terms: train, From: now.Add(20 * time.Second)}, []int{30, 20}},
				{"until 20", chat.MessageSearch{Terms: train, Until: now.Add(20 * time.Second)}, []int{10}},
				{"all between", chat.MessageSearch{From: now.Add(15 * time.Second), Until: now.Add(25 * time.Second)}, []int{20}},
				{"in an empty time", chat.MessageSearch{Terms: train, From: now.Add(25 * time.Second), Until: now.Add(15 * time.Second)}, nil},
			} {
				test.search.By = ann.ID
				var got []int
				for _, hit := range findPage(t, f, test.search).Hits {
					got = append(got, int(hit.Message.CreatedAt.Sub(now)/time.Second))
				}
				want(t, state+": "+test.what, got, test.want)
			}
		})
	}},
	{"a search is continued without gaps and repetitions, whatever is indexed meanwhile", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		rooms := []chat.RoomID{chat.MainRoom}
		for i := range 3 {
			rooms = append(rooms, f.room(t, ann, chat.RoomPublic, fmt.Sprint("room ", i)).ID)
		}
		// Many have the same time.
		for i := range 60 {
			sendAt(t, f, rooms[i%4], ann, i/20, fmt.Sprintf("item %d", i))
		}
		all := findIn(t, f, ann, "item")[:50]
		if len(all) != 50 {
			t.Fatalf("found %d, want a page of 50", len(all))
		}
		for _, limit := range []int{1, 7, 19, 60} {
			var got []string
			search := chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{"item"}), Limit: limit, Candidates: 25}
			for range 200 {
				page := findPage(t, f, search)
				got = append(got, marked(page.Hits)...)
				must[int](t)(f.IndexMessages(t.Context(), 5))
				if search.After = page.Next; search.After == "" {
					break
				}
			}
			if len(got) != 60 {
				t.Errorf("pages of %d: got %d messages, want 60", limit, len(got))
			}
			want(t, fmt.Sprintf("pages of %d", limit), got[:min(50, len(got))], all)
		}
		_, err := f.FindMessages(t.Context(), chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{"item"}), After: "x", Limit: 1})
		wantCode(t, "an invented position", err, chat.CodeInvalid, "after")
	}},
	{"a search that reads its limit of candidates continues behind them", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		sendAt(t, f, chat.MainRoom, ann, 0, "wanted phrase")
		for i := range 100 {
			sendAt(t, f, chat.MainRoom, ann, i+1, "phrase wanted")
		}
		indexAll(t, f)
		search := chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{"wanted phrase"}), Candidates: 10}
		page := findPage(t, f, search)
		if len(page.Hits) != 0 || page.Next == "" {
			t.Errorf("got %v and next %q, want nothing yet, but a next page", marked(page.Hits), page.Next)
		}
		for range 15 {
			if page.Next == "" || len(page.Hits) > 0 {
				break
			}
			search.After = page.Next
			page = findPage(t, f, search)
		}
		want(t, "found in the end", marked(page.Hits), []string{"[wanted phrase]"})
	}},
	{"a search that cannot read all that is not indexed says so, and finds the newest", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for i := range 60 {
			sendAt(t, f, chat.MainRoom, ann, i, fmt.Sprintf("item %d", i))
		}
		page := findPage(t, f, chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{"item"}), Limit: 3, Tail: 20})
		want(t, "the newest", marked(page.Hits), []string{"[item] 59", "[item] 58", "[item] 57"})
		want(t, "incomplete", page.Incomplete, true)
		indexAll(t, f)
		page = findPage(t, f, chat.MessageSearch{By: ann.ID, Terms: termsOf([]string{"item"}), Limit: 3, Tail: 20})
		want(t, "incomplete afterwards", page.Incomplete, false)
	}},
	{"answers and messages in threads are found, too", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		root := sendAt(t, f, chat.MainRoom, ann, 1, "where is the tea?")
		for i, m := range []chat.NewMessage{{ReplyTo: root.Seq}, {Thread: root.Seq}} {
			answer := newMessage(chat.MainRoom, ann, "tea is here")
			answer.ReplyTo, answer.Thread, answer.CreatedAt = m.ReplyTo, m.Thread, now.Add(time.Duration(i+2)*time.Second)
			indexAll(t, f)
			if _, _, err := f.AppendMessage(t.Context(), answer); err != nil {
				t.Fatalf("AppendMessage: %v", err)
			}
			want(t, "unindexed", len(findIn(t, f, ann, "tea")), i+2)
		}
		indexAll(t, f)
		want(t, "indexed", findIn(t, f, ann, "tea"), []string{"[tea] is here", "[tea] is here", "where is the [tea]?"})
	}},
	{"new messages wake the indexer", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		indexAll(t, f)
		before := f.StoredMessages()
		m := f.send(t, chat.MainRoom, ann, "hello")
		select {
		case <-f.Unindexed():
		default:
			t.Error("a new message did not wake it")
		}
		editTo(t, f, m, "hello again")
		want(t, "stored", f.StoredMessages()-before, 2)
		want(t, "added", must[int](t)(f.IndexMessages(t.Context(), 10)), 1)
		want(t, "added again", must[int](t)(f.IndexMessages(t.Context(), 10)), 0)
	}},
	{"members of very many rooms find the same", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		var list []string
		for i := range 520 {
			room := f.room(t, ann, chat.RoomPublic, fmt.Sprintf("room %d", i))
			if i%40 == 0 {
				body := fmt.Sprintf("needle %d", i)
				sendAt(t, f, room.ID, ann, i, body)
				list = append(list, "["+"needle] "+fmt.Sprint(i))
			}
		}
		slices.Reverse(list)
		inEachState(t, f, func(state string) {
			want(t, state, findIn(t, f, ann, "needle"), list)
			want(t, state+": of somebody else", findIn(t, f, bob, "needle"), []string{})
			all := findPage(t, f, chat.MessageSearch{By: ann.ID, Authors: []chat.UserID{ann.ID}, From: now})
			want(t, state+": without words", len(all.Hits), len(list))
		})
	}},
}
