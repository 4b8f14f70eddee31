package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/realserver"
)

// sql runs statements in the database, past the store.
func sql(tb testing.TB, url string, statements ...string) {
	tb.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, statement := range statements {
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
	}
}

// loose is a statement in whose session no reference is looked at.
func loose(statement string) string { return `SET session_replication_role = replica; ` + statement }

func TestTheCheckFindsWhatMustNeverBe(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	if _, err := Check(t.Context(), url); err == nil || !strings.Contains(err.Error(), "not a PartyChat database") {
		t.Errorf("an empty database: got %v, want an error that says so", err)
	}
	store := openAt(t, Options{URL: url})
	users := populate(t, store, 3, 3)
	for i := range 12 {
		appendOne(t, store, chat.RoomID(100+i%2), users[i%3])
	}
	appendOne(t, store, 102, users[0])
	if _, _, err := store.ChangeMessage(t.Context(), nil, 100, 2, chat.MessageEdit{Body: "better", At: benchTime}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.OpenConversation(t.Context(), nil, chat.NewConversation{Room: 900, By: 100, With: 101, CreatedAt: benchTime}); err != nil {
		t.Fatal(err)
	}
	for _, room := range []chat.RoomID{101, 0} {
		if _, _, _, err := store.Ban(t.Context(), nil, chat.NewBan{Room: room, User: 102, By: 100, At: benchTime}); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.CompareIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.IndexMessages(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 || !report.Running || report.Users != 3 || report.Rooms != 5 || report.Messages != 13 {
		t.Fatalf("a sound database: got %+v, %v", report, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	report, err = Check(t.Context(), url)
	if err != nil || report.Running {
		t.Errorf("without a server: got %+v, %v; want that none runs", report, err)
	}
	for _, test := range []struct{ name, breaks, mends, finds string }{
		{
			"a message that is missing", `CREATE TABLE kept AS SELECT * FROM messages WHERE room = 101 AND seq = 3; DELETE FROM messages WHERE room = 101 AND seq = 3`,
			`INSERT INTO messages SELECT * FROM kept; DROP TABLE kept`, "seq has a hole",
		},
		{"a head that is too far", `UPDATE rooms SET seq = 7 WHERE id = 100`, `UPDATE rooms SET seq = 6 WHERE id = 100`, "seq has a hole"},
		{"a change counter that is too far", `UPDATE rooms SET rev = 9 WHERE id = 100`, `UPDATE rooms SET rev = 7 WHERE id = 100`, "its latest change is 7"},
		{
			"a rev that was skipped", `UPDATE messages SET rev = 2 WHERE room = 102; UPDATE rooms SET rev = 2 WHERE id = 102`,
			`UPDATE messages SET rev = 1 WHERE room = 102; UPDATE rooms SET rev = 1 WHERE id = 102`, "rev has a hole",
		},
		{"a read position beyond the head", `UPDATE memberships SET read_seq = 99 WHERE room = 101`, `UPDATE memberships SET read_seq = 0 WHERE room = 101`, "its head is at 6"},
		{"a count of members", `UPDATE rooms SET members = 7 WHERE id = 1`, `UPDATE rooms SET members = 3 WHERE id = 1`, "records 7 members"},
		{"a conversation of one", `UPDATE memberships SET peer = NULL WHERE room = 900 AND "user" = 100`, `UPDATE memberships SET peer = 101 WHERE room = 900 AND "user" = 100`, "does not have exactly two members"},
		{
			"a search that misses a name", `CREATE TABLE kept AS SELECT * FROM room_parts; DELETE FROM room_parts`,
			`INSERT INTO room_parts SELECT * FROM kept; DROP TABLE kept`, "The search finds room",
		},
		{
			"a user who looks like nobody", `CREATE TABLE kept AS SELECT * FROM user_looks WHERE "user" = 100; DELETE FROM user_looks WHERE "user" = 100`,
			`INSERT INTO user_looks SELECT * FROM kept; DROP TABLE kept`, "User 100 counts as looking like []",
		},
		{
			"a private room in the search", `UPDATE rooms SET kind = 'private' WHERE id = 101`,
			`UPDATE rooms SET kind = 'public' WHERE id = 101`, "Room 101 is not public, but the search finds it",
		},
		{
			"a member who is banned", loose(`INSERT INTO room_bans VALUES (100, 100, 'user0', 100, 0)`),
			`DELETE FROM room_bans WHERE room = 100`, "User 100 is a member of room 100 and banned from it",
		},
		{
			"someone banned from a room under another name", `UPDATE room_bans SET folded_name = 'x'`,
			`UPDATE room_bans SET folded_name = 'user2'`, "The name of user 102 differs among the bans",
		},
		{
			"someone banned from the server under another name", `UPDATE server_bans SET folded_name = 'x'`,
			`UPDATE server_bans SET folded_name = 'user2'`, "The name of user 102 differs among the bans",
		},
		{
			"a user who counts as banned", `UPDATE users SET banned = true WHERE id = 100`,
			`UPDATE users SET banned = false WHERE id = 100`, "User 100 is marked as banned from the server",
		},
		{
			"a user who counts as not banned", `UPDATE users SET banned = false WHERE id = 102`,
			`UPDATE users SET banned = true WHERE id = 102`, "User 102 is marked as not banned from the server",
		},
		{"a ban from no room", loose(`UPDATE room_bans SET room = 77`), loose(`UPDATE room_bans SET room = 101`), "The room of a ban, 77, does not exist"},
		{"a ban from a room of nobody", loose(`UPDATE room_bans SET "user" = 5`), loose(`UPDATE room_bans SET "user" = 102`), "The user of a ban, 5, does not exist"},
		{"a ban from a room by nobody", loose(`UPDATE room_bans SET made_by = 6`), loose(`UPDATE room_bans SET made_by = 100`), "The maker of a ban, 6, does not exist"},
		{"a ban from the server of nobody", loose(`UPDATE server_bans SET "user" = 5`), loose(`UPDATE server_bans SET "user" = 102`), "The user of a ban, 5, does not exist"},
		{"a ban from the server by nobody", loose(`UPDATE server_bans SET made_by = 6`), loose(`UPDATE server_bans SET made_by = 100`), "The maker of a ban, 6, does not exist"},
		{
			"an index of the bans that is missing", `DROP INDEX room_bans_by_name`,
			`CREATE UNIQUE INDEX room_bans_by_name ON room_bans (room, folded_name)`, "The index room_bans_by_name",
		},
		{"an index that is missing", `DROP INDEX messages_by_rev`, `CREATE UNIQUE INDEX messages_by_rev ON messages (room, rev)`, "The index messages_by_rev"},
		{
			"a conversation that would stay hidden", `UPDATE rooms SET wakes = 0 WHERE id = 900`,
			`UPDATE rooms SET wakes = 1 WHERE id = 900`, "User 101 does not get back conversation 900",
		},
		{
			"a member with the rev of a message", `UPDATE memberships SET room_rev = 3 WHERE room = 1 AND "user" = 100; UPDATE rooms SET changed_rev = 3 WHERE id = 1`,
			`UPDATE memberships SET room_rev = 1 WHERE room = 1 AND "user" = 100; UPDATE rooms SET changed_rev = 0 WHERE id = 1`, "Two changes of room 1 have the same rev, 3",
		},
		{
			"a membership beyond the user's counter", `UPDATE user_heads SET rev = rev - 1 WHERE "user" = 100`,
			`UPDATE user_heads SET rev = rev + 1 WHERE "user" = 100`, "User 100 has a change with rev",
		},
		{"a message that the search misses", `UPDATE search_docs SET seq = 50 WHERE room = 102`, `UPDATE search_docs SET seq = 1 WHERE room = 102`, "The search index of room 102 has 0 messages up to rev 1, but should have 1"},
		{"an index of the search", `DROP INDEX search_docs_by_word`, `CREATE INDEX search_docs_by_word ON search_docs USING gin (words)`, "The index search_docs_by_word"},
		{"the main room", `UPDATE rooms SET kind = 'private' WHERE id = 1`, `UPDATE rooms SET kind = 'public' WHERE id = 1`, "“main”"},
	} {
		sql(t, url, test.breaks)
		report, err := Check(t.Context(), url)
		if err != nil || !strings.Contains(strings.Join(report.Findings, "\n"), test.finds) {
			t.Errorf("%s: got %q, %v; want a sentence with %q", test.name, report.Findings, err, test.finds)
		}
		sql(t, url, test.mends)
		if report, err := Check(t.Context(), url); err != nil || len(report.Findings) > 0 {
			t.Fatalf("%s, mended: got %q, %v; want nothing", test.name, report.Findings, err)
		}
	}
}
