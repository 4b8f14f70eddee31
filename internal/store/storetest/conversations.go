package storetest

import (
	"fmt"
	"sync"
	"testing"

	"partychat/internal/chat"
)

func newConversation(by, with chat.User) chat.NewConversation {
	return chat.NewConversation{Room: chat.RoomID(nextID()), By: by.ID, With: with.ID, CreatedAt: now}
}

func (f *fixture) converse(t *testing.T, by, with chat.User) chat.Subscription {
	t.Helper()
	sub, _, err := f.OpenConversation(t.Context(), nil, newConversation(by, with))
	if err != nil {
		t.Fatalf("OpenConversation: %v", err)
	}
	return sub
}

// listed gives the ids of the user's rooms, without main.
func (f *fixture) listed(t *testing.T, user chat.User) []chat.RoomID {
	t.Helper()
	ids := []chat.RoomID{}
	for _, sub := range must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), user.ID)) {
		if sub.ID != chat.MainRoom {
			ids = append(ids, sub.ID)
		}
	}
	return ids
}

var conversationContracts = []contract{
	{"a conversation is a room of two users, each the other's peer", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		input := newConversation(ann, bob)
		sub, created, err := f.OpenConversation(t.Context(), nil, input)
		if err != nil || !created {
			t.Fatalf("got created %v, %v, want a new one", created, err)
		}
		want(t, "subscription of ann", sub, chat.Subscription{
			Room:       chat.Room{ID: input.Room, Kind: chat.RoomDirect, CreatedAt: now, Members: 2},
			Membership: chat.Membership{Room: input.Room, User: ann.ID, Role: chat.RoleMember, JoinedAt: now, Rev: 2, Peer: bob.ID},
			Peer:       &bob,
		})
		got := must[chat.Subscription](t)(f.Subscription(t.Context(), input.Room, bob.ID))
		want(t, "peer of bob", got.Peer, &ann)
		want(t, "hidden from bob", got.Membership.Hidden, true)
	}},
	{"both users find it, however often it is opened", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		first := f.converse(t, ann, bob)
		for _, pair := range [][2]chat.User{{ann, bob}, {bob, ann}} {
			sub, created, err := f.OpenConversation(t.Context(), nil, newConversation(pair[0], pair[1]))
			if err != nil || created || sub.ID != first.ID {
				t.Errorf("opened again: got room %d, created %v, %v, want room %d", sub.ID, created, err, first.ID)
			}
		}
		if other := f.converse(t, ann, cid); other.ID == first.ID {
			t.Error("two pairs have the same room")
		}
		want(t, "members", f.roomNow(t, first.ID).Members, 2)
	}},
	{"it is in the list of the user who opens it, and in the other's from the first message on", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.converse(t, ann, bob).ID
		want(t, "list of ann", f.listed(t, ann), []chat.RoomID{room})
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{})
		f.send(t, room, ann, "hello")
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{room})
		sub := must[chat.Subscription](t)(f.Subscription(t.Context(), room, bob.ID))
		want(t, "hidden from bob", sub.Membership.Hidden, false)
		want(t, "unread by bob", sub.Unread, 1)
	}},
	{"opening it shows it to the user who opens it", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.converse(t, ann, bob).ID
		f.converse(t, bob, ann)
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{room})
	}},
	{"a link into it shows it to the user who follows the link", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.converse(t, ann, bob).ID
		link := f.invite(t, newInvitation(ann, 0))
		before := f.head(t, bob)
		sub, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(link, now))
		if err != nil || created || sub.ID != room {
			t.Fatalf("Redeem: got room %d, created %v, %v, want room %d", sub.ID, created, err, room)
		}
		want(t, "hidden from bob", sub.Membership.Hidden, false)
		want(t, "rev of bob's membership", sub.Membership.Rev, before+1)
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{room})
		_, _, err = f.Redeem(t.Context(), nil, bob.ID, redemption(link, now))
		want(t, "following it again", err, nil)
		want(t, "rev of bob", f.head(t, bob), before+1)
	}},
	{"a hidden conversation returns with the next message", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.converse(t, ann, bob).ID
		f.send(t, room, ann, "hello")
		want(t, "hidden", must[bool](t)(f.HideConversation(t.Context(), nil, room, bob.ID)), true)
		want(t, "hidden again", must[bool](t)(f.HideConversation(t.Context(), nil, room, bob.ID)), false)
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{})
		want(t, "list of ann", f.listed(t, ann), []chat.RoomID{room})
		f.send(t, room, ann, "are you there?")
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{room})
	}},
	{"a conversation with an unknown user is not created", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, input := range []chat.NewConversation{newConversation(ann, chat.User{ID: 99}), newConversation(chat.User{ID: 99}, ann)} {
			_, _, err := f.OpenConversation(t.Context(), nil, input)
			wantCode(t, "OpenConversation", err, chat.CodeNotFound, "user")
			_, err = f.RoomByID(t.Context(), input.Room)
			wantCode(t, "its room", err, chat.CodeNotFound, "")
		}
	}},
	{"two users who open it concurrently get the same conversation", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		var group sync.WaitGroup
		var mu sync.Mutex
		rooms, made := map[chat.RoomID]bool{}, 0
		for i := range 20 {
			by, with := ann, bob
			if i%2 == 1 {
				by, with = bob, ann
			}
			group.Go(func() {
				sub, created, err := f.OpenConversation(t.Context(), nil, newConversation(by, with))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("OpenConversation: %v", err)
				}
				if created {
					made++
				}
				rooms[sub.ID] = true
			})
		}
		group.Wait()
		want(t, "rooms", len(rooms), 1)
		want(t, "made", made, 1)
	}},
	{"unread counts messages that are neither deleted nor notices, after any read position of a long room", func(t *testing.T, f *fixture) {
		const n = 4096 + 20
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		together(64, func(i int) {
			for seq := i; seq < n; seq += 64 {
				m := newMessage(chat.MainRoom, ann, "hello")
				if seq%512 == 7 {
					m.Kind, m.Body = chat.MessageNotice, "joined"
				}
				if _, _, err := f.AppendMessage(t.Context(), m); err != nil {
					t.Errorf("AppendMessage: %v", err)
				}
			}
		})
		gone := map[int64]bool{}
		counted := func(from int64) (left int64) {
			for seq := from + 1; seq <= n; seq++ {
				if !gone[seq] {
					left++
				}
			}
			return left
		}
		for after, page := int64(0), (chat.Page{More: true}); page.More; after += int64(len(page.Messages)) {
			page = f.page(t, chat.MainRoom, chat.MessagePage{Direction: chat.PageAfter, Seq: after, Limit: 1000})
			for _, m := range page.Messages {
				if m.Kind == chat.MessageNotice {
					gone[m.Seq] = true
				}
			}
		}
		deleteAll := func(seqs ...int64) {
			t.Helper()
			for _, seq := range seqs {
				for range 2 { // the second one changes nothing
					_, _, err := f.DeleteMessage(t.Context(), nil, chat.MainRoom, seq)
					want(t, "error of a deletion", err, nil)
				}
				gone[seq] = true
			}
		}
		deleteAll(1, 2, 100, 4094, 4095, 4096, 4097, 4100, n)
		for _, read := range []int64{0, 1, 99, 100, 4093, 4094, 4095, 4096, 4097, 4099, n - 1, n} {
			_, _, err := f.MoveRead(t.Context(), nil, chat.MainRoom, bob.ID, read, chat.AnyMark)
			want(t, "error of MoveRead", err, nil)
			sub := must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, bob.ID))
			want(t, fmt.Sprintf("unread behind %d", read), sub.Unread, counted(read))
			if read == 100 {
				deleteAll(3, 50, 200) // two that were read and one that was not
				sub = must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, bob.ID))
				want(t, "unread after deletions on both sides", sub.Unread, counted(read))
			}
		}
	}},
	{"notices do not count as unread", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.send(t, chat.MainRoom, ann, "hello")
		notice := newMessage(chat.MainRoom, ann, "joined")
		notice.Kind = chat.MessageNotice
		if _, _, err := f.AppendMessage(t.Context(), notice); err != nil {
			t.Fatal(err)
		}
		sub := must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, bob.ID))
		want(t, "unread", sub.Unread, 1)
		_, _, err := f.MoveRead(t.Context(), nil, chat.MainRoom, bob.ID, 1, chat.AnyMark)
		wantCode(t, "MoveRead", err, "", "")
		sub = must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, bob.ID))
		want(t, "unread behind the text", sub.Unread, 0)
	}},
}
