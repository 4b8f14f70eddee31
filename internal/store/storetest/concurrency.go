package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

// together runs n functions at the same moment and waits for all.
func together(n int, run func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			run(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

var concurrencyContracts = []contract{
	{"of twenty concurrent sign-ups with one name, one succeeds", func(t *testing.T, f *fixture) {
		f.user(t, "first")
		codes := make([]chat.Code, 20)
		together(len(codes), func(i int) {
			_, err := f.CreateUser(t.Context(), newUser("wanted"))
			codes[i] = chat.CodeOf(err)
		})
		count := map[chat.Code]int{}
		for _, code := range codes {
			count[code]++
		}
		want(t, "outcomes", count, map[chat.Code]int{"": 1, chat.CodeTaken: 19})
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 2)
	}},
	{"of twenty concurrent sign-ups, one becomes admin", func(t *testing.T, f *fixture) {
		roles := make([]chat.Role, 20)
		together(len(roles), func(i int) {
			user, err := f.CreateUser(t.Context(), newUser(fmt.Sprintf("user%d", i)))
			if err != nil {
				t.Errorf("CreateUser: %v", err)
			}
			roles[i] = user.Role
		})
		count := map[chat.Role]int{}
		for _, role := range roles {
			count[role]++
		}
		want(t, "roles", count, map[chat.Role]int{chat.RoleAdmin: 1, chat.RoleMember: 19})
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 20)
	}},
	{"of ten concurrent public rooms with one name, one is created", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		codes := make([]chat.Code, 10)
		together(len(codes), func(i int) {
			_, err := f.CreateRoom(t.Context(), nil, newRoom(ann, chat.RoomPublic, "wanted"))
			codes[i] = chat.CodeOf(err)
		})
		count := map[chat.Code]int{}
		for _, code := range codes {
			count[code]++
		}
		want(t, "outcomes", count, map[chat.Code]int{"": 1, chat.CodeTaken: 9})
	}},
	{"of ten concurrent rooms that are joined by one name, one is created", func(t *testing.T, f *fixture) {
		codes, rooms := make([]chat.Code, 10), make([]chat.RoomID, 10)
		people := make([]chat.User, len(codes))
		for i := range people {
			people[i] = f.user(t, fmt.Sprintf("user%d", i))
		}
		together(len(codes), func(i int) {
			room := newRoom(people[i], chat.RoomPrivate, "wanted")
			room.Named = &chat.NamedInvitation{ID: chat.InvitationID(nextID()), TokenHash: "of the name"}
			sub, err := f.CreateRoom(t.Context(), nil, room)
			codes[i], rooms[i] = chat.CodeOf(err), sub.ID
		})
		count := map[chat.Code]int{}
		for i, code := range codes {
			count[code]++
			invitation, err := f.InvitationByToken(t.Context(), "of the name", now)
			if err != nil || code == "" && invitation.Room != rooms[i] {
				t.Errorf("the name's invitation: got %+v, %v, want it for room %d", invitation, err, rooms[i])
			}
			subs, err := f.Subscriptions(t.Context(), people[i].ID)
			for _, sub := range subs {
				if err != nil || sub.ID != chat.MainRoom && code != "" {
					t.Errorf("who made none has the room %+v, %v", sub, err)
				}
			}
		}
		want(t, "outcomes", count, map[chat.Code]int{"": 1, chat.CodeTaken: 9})
	}},
	{"concurrent subscribing and unsubscribing keeps the number of members right", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		created := make([]bool, 10)
		together(len(created), func(i int) {
			_, made, err := f.Subscribe(t.Context(), nil, room.ID, bob.ID, chat.RoleMember, now)
			if err != nil {
				t.Errorf("Subscribe: %v", err)
			}
			created[i] = made
		})
		n := 0
		for _, made := range created {
			if made {
				n++
			}
		}
		want(t, "new memberships", n, 1)
		want(t, "members", f.roomNow(t, room.ID).Members, 2)
		together(10, func(i int) {
			var err error
			if i%2 == 0 {
				_, err = f.Unsubscribe(t.Context(), nil, room.ID, bob.ID)
			} else {
				_, _, err = f.Subscribe(t.Context(), nil, room.ID, bob.ID, chat.RoleMember, now)
			}
			if err != nil {
				t.Errorf("changing the membership: %v", err)
			}
		})
		members := must[[]chat.Member](t)(f.Members(t.Context(), room.ID, chat.MemberPage{Limit: 10}))
		want(t, "members counted", f.roomNow(t, room.ID).Members, len(members))
	}},
	{"concurrent messages and their retries are stored exactly once, without a hole", func(t *testing.T, f *fixture) {
		const senders, each = 24, 15
		ann := f.user(t, "ann")
		rooms := []chat.RoomID{f.room(t, ann, chat.RoomPublic, "den").ID, f.room(t, ann, chat.RoomPrivate, "attic").ID}

		type answer struct {
			message chat.Message
			created bool
		}
		answers := make([][]answer, senders*2)
		inputs := make([][]chat.NewMessage, senders)
		for i := range inputs {
			for j := range each {
				inputs[i] = append(inputs[i], newMessage(rooms[i%2], ann, fmt.Sprintf("%d of sender %d", j, i)))
			}
		}
		// Every message is sent by two goroutines at once; between them come
		// sends that fail or are given up at any moment.
		together(senders*2, func(i int) {
			for j, input := range inputs[i/2] {
				message, created, err := f.AppendMessage(t.Context(), input)
				if err != nil {
					t.Errorf("AppendMessage: %v", err)
				}
				answers[i] = append(answers[i], answer{message, created})
				switch j % 3 {
				case 0:
					_, _, err = f.AppendMessage(t.Context(), newMessage(input.Room, chat.User{ID: 99}, "from nobody"))
					wantCode(t, "unknown author", err, chat.CodeNotFound, "")
				case 1:
					ctx, cancel := context.WithCancel(t.Context())
					go cancel()
					retry := input // stored already, so whether this one gets through adds nothing
					if again, created, err := f.AppendMessage(ctx, retry); err == nil && (created || !cmp.Equal(again, message)) {
						t.Errorf("retry: got %v, created %v; want the original %v", again, created, message)
					}
				}
			}
		})
		for i := range senders {
			for j := range each {
				a, b := answers[2*i][j], answers[2*i+1][j]
				want(t, "answers to both", a.message, b.message)
				if a.created == b.created {
					t.Errorf("created: got %v and %v, want exactly one", a.created, b.created)
				}
			}
		}
		for _, room := range rooms {
			page := f.page(t, room, chat.MessagePage{Limit: senders * each})
			want(t, "number of messages", len(page.Messages), senders*each/2)
			want(t, "head", page.Seq, senders*each/2)
			want(t, "change counter", page.Rev, senders*each/2)
			for i, message := range page.Messages {
				if message.Seq != int64(i+1) || message.Rev != int64(i+1) {
					t.Fatalf("message %d: got seq %d and rev %d", i+1, message.Seq, message.Rev)
				}
			}
		}
	}},
	{"one sender's messages keep their order", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		together(8, func(int) {
			before := int64(0)
			for range 20 {
				message, _, err := f.AppendMessage(t.Context(), newMessage(chat.MainRoom, ann, "x"))
				if err != nil || message.Seq <= before {
					t.Errorf("got seq %d, %v; want one above %d", message.Seq, err, before)
				}
				before = message.Seq
			}
		})
	}},
	{"pages and subscriptions are snapshots while others write", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		together(4, func(i int) {
			for range 30 {
				if i == 0 {
					if _, _, err := f.AppendMessage(t.Context(), newMessage(chat.MainRoom, ann, "x")); err != nil {
						t.Errorf("AppendMessage: %v", err)
					}
					continue
				}
				page, err := f.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Limit: 1})
				if err != nil || page.Seq > 0 && page.Messages[0].Seq != page.Seq {
					t.Errorf("page: got latest %v under head %d, %v", page.Messages, page.Seq, err)
				}
				sub, err := f.Subscription(t.Context(), chat.MainRoom, ann.ID)
				if err != nil || sub.Unread != 0 || sub.Seq > 0 && (sub.Last == nil || sub.Last.Seq != sub.Seq) {
					t.Errorf("subscription: got %+v, %v; want the head read and the latest message", sub, err)
				}
			}
		})
	}},
	{"of concurrent read positions, the furthest stays", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.sendMany(t, chat.MainRoom, ann, 20)
		together(20, func(i int) {
			if _, _, err := f.MoveRead(t.Context(), nil, chat.MainRoom, bob.ID, int64(i+1), chat.AnyMark); err != nil {
				t.Errorf("MoveRead: %v", err)
			}
		})
		m := must[chat.Membership](t)(f.Membership(t.Context(), chat.MainRoom, bob.ID))
		want(t, "read position", m.ReadSeq, 20)
	}},
}

var closingContracts = []contract{
	{"an open store answers Ping", func(t *testing.T, f *fixture) {
		want(t, "error of Ping", f.Ping(t.Context()), nil)
	}},
	{"a caller that has gone gets unavailable", func(t *testing.T, f *fixture) {
		wantCode(t, "Ping", f.Ping(cancelled(t)), chat.CodeUnavailable, "")
		_, err := f.CreateUser(cancelled(t), newUser("ann"))
		wantCode(t, "CreateUser", err, chat.CodeUnavailable, "")
		_, err = f.RoomByID(cancelled(t), chat.MainRoom)
		wantCode(t, "RoomByID", err, chat.CodeUnavailable, "")
	}},
	{"closing waits for writes in flight, and everything fails afterwards", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		together(9, func(i int) {
			if i == 0 {
				if err := f.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
				return
			}
			for {
				_, _, err := f.AppendMessage(t.Context(), newMessage(chat.MainRoom, ann, "x"))
				if err != nil {
					wantCode(t, "AppendMessage while closing", err, chat.CodeUnavailable, "")
					return
				}
			}
		})
		wantCode(t, "Ping", f.Ping(t.Context()), chat.CodeUnavailable, "")
		_, err := f.CreateUser(t.Context(), newUser("bob"))
		wantCode(t, "CreateUser", err, chat.CodeUnavailable, "")
		_, err = f.Subscriptions(t.Context(), ann.ID)
		wantCode(t, "Subscriptions", err, chat.CodeUnavailable, "")
		want(t, "error of closing again", f.Close(), nil)
	}},
}
