package postgres

import (
	_ "embed"
	"fmt"
	"slices"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/storetest"
)

// writtenBefore is a database that the last version without streams wrote.
//
//go:embed testdata/before_streams.sql
var writtenBefore string

func TestADatabaseFromBeforeThereWereStreamsIsServedWithAllThatIsInIt(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	sql(t, url, writtenBefore)
	store := openAt(t, Options{URL: url})
	storetest.BeforeStreams(t, store)
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("check: got %+v, %v; want nothing wrong", report, err)
	}
}

// What a server of the version before writes takes its revs, too: a newer server
// finds it by them, whether it heard of it or not.
func TestWhatAServerOfTheVersionBeforeWritesTakesRevs(t *testing.T) {
	url := empty.Database(t)
	store := openAt(t, Options{URL: url})
	users := populate(t, store, 3, 1) // 100, 101, 102 in the main room, which they joined by revs 1 to 3; the first has made room 100
	if _, _, err := store.OpenConversation(t.Context(), nil, chat.NewConversation{Room: 900, By: 101, With: 102, CreatedAt: benchTime}); err != nil {
		t.Fatal(err)
	}
	appendOne(t, store, chat.MainRoom, users[0])
	appendOne(t, store, chat.MainRoom, users[0])
	after := func(what string, user chat.UserID, statements []string, want ...chat.Event) {
		t.Helper()
		head, err := store.ListHeads(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		sql(t, url, statements...)
		changes, err := store.UserChanges(t.Context(), user, head.Rev, 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, event := range changes.Events {
			if put, ok := event.(chat.SubscriptionPut); ok {
				event = chat.SubscriptionPut{User: put.User, Rev: put.Rev - head.Rev, Subscription: chat.Subscription{Room: chat.Room{ID: put.Subscription.ID}}}
			}
			got = append(got, fmt.Sprintf("%T %v", event, event))
		}
		var wanted []string
		for _, event := range want {
			wanted = append(wanted, fmt.Sprintf("%T %v", event, event))
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("%s:\ngot  %v\nwant %v", what, got, wanted)
		}
		report, err := Check(t.Context(), url)
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("%s: check: got %q, %v; want nothing wrong", what, report.Findings, err)
		}
	}
	rev := func(user chat.UserID) int64 {
		t.Helper()
		head, err := store.ListHeads(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		return head.Rev
	}
	put := func(user chat.UserID, room chat.RoomID) chat.Event {
		return chat.SubscriptionPut{User: user, Rev: 1, Subscription: chat.Subscription{Room: chat.Room{ID: room}}}
	}
	after("somebody comes in", 101, []string{
		`UPDATE rooms SET members = members + 1 WHERE id = 100`,
		`INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at) VALUES (100, 101, 'user1', 'member', 0, 0)`,
	}, put(101, 100))
	after("a read position moves", 101, []string{`UPDATE memberships SET read_seq = 1 WHERE room = 1 AND "user" = 101`}, put(101, 1))
	after("a send moves the position of its author", 101, []string{
		`WITH m AS (INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at)
			SELECT 1, seq + 1, rev + 1, 101, gen_random_uuid(), 'text', 'x', 0 FROM rooms WHERE id = 1),
		h AS (UPDATE rooms SET seq = seq + 1, rev = rev + 1 WHERE id = 1 RETURNING seq)
		UPDATE memberships m SET read_seq = h.seq FROM h WHERE m.room = 1 AND m."user" = 101`,
	})
	after("somebody goes", 101, []string{
		`UPDATE rooms SET members = members - 1 WHERE id = 100`, `DELETE FROM memberships WHERE room = 100 AND "user" = 101`,
	}, chat.SubscriptionGone{User: 101, Rev: rev(101) + 1, Room: 100, Reason: chat.GoneLeft})
	after("somebody is banned from a room", 101, []string{`INSERT INTO room_bans VALUES (100, 101, 'user1', 100, 0)`},
		chat.SubscriptionGone{User: 101, Rev: rev(101) + 1, Room: 100, Reason: chat.GoneBanned})
	after("a first message", 102, []string{
		`INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at) VALUES (900, 1, 1, 101, gen_random_uuid(), 'text', 'x', 0)`,
		`UPDATE rooms SET seq = 1, rev = 1 WHERE id = 900`,
	}, put(102, 900))
	after("a conversation is hidden", 102, []string{`UPDATE memberships SET hidden_until = 2 WHERE room = 900 AND "user" = 102`},
		chat.SubscriptionGone{User: 102, Rev: rev(102) + 1, Room: 900, Reason: chat.GoneLeft})
	appendOne(t, store, 900, users[1]) // by a server of this version
	if changes, err := store.UserChanges(t.Context(), 102, rev(102)-1, 10, 0); err != nil || len(changes.Events) != 1 {
		t.Errorf("the next message: got %+v, %v; want the conversation again", changes.Events, err)
	}
	admin := users[2]
	admin.Role = chat.RoleAdmin
	after("another role", 102, []string{`UPDATE users SET role = 'admin' WHERE id = 102`}, chat.UserPut{User: admin, Rev: rev(102) + 1})
	after("an invitation that is withdrawn", 102, []string{
		`INSERT INTO invitations (id, token_hash, made_by, for_user, guests, created_at) VALUES (7, 'x', 100, 102, false, 0)`,
		`DELETE FROM invitations WHERE id = 7`,
	}, chat.InvitationGone{User: 102, Rev: rev(102) + 2, ID: 7})
	after("another topic", 100, []string{`UPDATE rooms SET topic = 'news' WHERE id = 100`})
	changes, err := store.ChangesSince(t.Context(), 100, 0, 10, 0)
	if err != nil || changes.Room == nil || changes.Room.Topic != "news" || len(changes.Members) != 1 || changes.Members[0].Reason != chat.GoneBanned {
		t.Errorf("room 100: got %+v, %v; want its topic, and a ban", changes, err)
	}
}
