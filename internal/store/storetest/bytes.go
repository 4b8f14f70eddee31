package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"partychat/internal/chat"
)

// dear gives a text of n characters that needs six bytes for each as JSON.
func dear(n int) string { return "x" + strings.Repeat("\x01", n-2) + "x" }

var byteContracts = []contract{
	{"a page ends at its limit of bytes, and the next one continues there", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		room := f.room(t, ann, chat.RoomPublic, "den")
		var all []int64
		for i := range 20 { // of different lengths
			all = append(all, f.send(t, room.ID, ann, dear(1000+100*i)).Seq)
		}
		const bytes = 30_000
		check := func(messages []chat.Message, more bool) {
			t.Helper()
			size := 0
			for _, m := range messages {
				size += m.Size()
			}
			if size > bytes || len(messages) == 0 {
				t.Errorf("got %d messages of %d bytes, want some, of at most %d bytes", len(messages), size, bytes)
			}
			if more && size < bytes/3 {
				t.Errorf("got a page of %d bytes before the end, want it filled", size)
			}
		}
		follow := func(page chat.MessagePage) (read []int64) {
			for {
				got := f.page(t, room.ID, page)
				check(got.Messages, got.More)
				if page.Direction == chat.PageAfter {
					read = append(read, seqs(got.Messages)...)
					page.Seq = read[len(read)-1]
				} else {
					read = append(seqs(got.Messages), read...)
					page.Direction, page.Seq = chat.PageBefore, read[0]
				}
				if !got.More {
					return read
				}
			}
		}
		want(t, "from the latest back", follow(chat.MessagePage{Limit: 200, Bytes: bytes}), all)
		want(t, "from the first on", follow(chat.MessagePage{Direction: chat.PageAfter, Limit: 200, Bytes: bytes}), all)
		var changed []int64
		for since, more := int64(0), true; more; {
			got := must[chat.Changes](t)(f.ChangesSince(t.Context(), room.ID, since, 200, bytes))
			check(got.Messages, got.More)
			changed = append(changed, seqs(got.Messages)...)
			since, more = got.Rev, got.More
		}
		want(t, "changes", changed, all)
	}},
	{"a message that is larger than a page is a page of its own", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.send(t, chat.MainRoom, ann, dear(2000))
		f.send(t, chat.MainRoom, ann, dear(2000))
		page := f.page(t, chat.MainRoom, chat.MessagePage{Limit: 10, Bytes: 1000})
		want(t, "latest", seqs(page.Messages), []int64{2})
		want(t, "more of it", page.More, true)
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), chat.MainRoom, 0, 10, 1000))
		want(t, "changes", seqs(changes.Messages), []int64{1})
		want(t, "rev", changes.Rev, changes.Messages[0].Rev)
	}},
	{"a list of rooms contains the beginning of each room's latest message", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		text := strings.Repeat("日本語 ", 500)
		f.send(t, chat.MainRoom, ann, text)
		list := must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), ann.ID))
		one := must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, ann.ID))
		for name, last := range map[string]*chat.Message{"in the list": list[0].Last, "by itself": one.Last} {
			if n := len([]rune(last.Body)); n != chat.PreviewMax || !strings.HasPrefix(text, last.Body) || !last.Shortened {
				t.Errorf("%s: got %d characters, shortened %v, want the first %d, marked so", name, n, last.Shortened, chat.PreviewMax)
			}
		}
		exact := strings.Repeat("é", chat.PreviewMax)
		f.send(t, chat.MainRoom, ann, exact)
		one = must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, ann.ID))
		want(t, "a text that fits", one.Last.Body, exact)
		want(t, "shortened", one.Last.Shortened, false)
		want(t, "the message itself", f.page(t, chat.MainRoom, chat.MessagePage{Limit: 2}).Messages[0].Body, text)
	}},
	{"a list of rooms is paged by bytes", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		for i := range 12 {
			room := f.room(t, ann, chat.RoomPrivate, fmt.Sprint("same name ", i/2))
			f.send(t, room.ID, ann, dear(500))
		}
		sub, _, err := f.OpenConversation(t.Context(), nil, chat.NewConversation{
			Room: chat.RoomID(nextID()), By: ann.ID, With: bob.ID, CreatedAt: now,
		})
		want(t, "error", err, nil)
		all := must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), ann.ID))
		want(t, "rooms", len(all), 14)
		want(t, "first", all[0].ID, sub.ID)
		for _, page := range []chat.ListPage{
			{Limit: 100, Bytes: 5000}, {Limit: 100, Bytes: 1}, {Limit: 5}, {Limit: 14}, {Limit: 100, Bytes: 1 << 20},
		} {
			var got []chat.Subscription
			for pages := 0; ; pages++ {
				subs, next, err := f.SubscriptionPage(t.Context(), ann.ID, page)
				if err != nil || len(subs) == 0 || pages > len(all) {
					t.Fatalf("page %d: got %d rooms, %v", pages, len(subs), err)
				}
				size := 0
				for _, sub := range subs {
					size += sub.Size()
				}
				if len(subs) > 1 && page.Bytes > 0 && size > page.Bytes || len(subs) > page.Limit {
					t.Errorf("got a page of %d rooms and %d bytes, want at most %+v", len(subs), size, page)
				}
				got = append(got, subs...)
				if page.After = next; next == "" {
					break
				}
			}
			want(t, fmt.Sprintf("all pages of %+v", page), got, all)
		}
		_, _, err = f.SubscriptionPage(t.Context(), ann.ID, chat.ListPage{After: "nowhere", Limit: 5})
		wantCode(t, "a place that is none", err, chat.CodeInvalid, "after")
		if slices.ContainsFunc(all, func(s chat.Subscription) bool { return s.Last != nil && !s.Last.Shortened }) {
			t.Error("a long message stands in the list whole, want its beginning")
		}
	}},
}
