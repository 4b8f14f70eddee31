package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
	"partychat/internal/store/storetest"
)

// inhabitedFile is what inhabited copies.
var inhabitedFile = storetest.FileTemplate{Make: func(tb testing.TB, path string) error {
	tb.Helper()
	store, err := Open(tb.Context(), Options{Path: path})
	if err != nil {
		return err
	}
	furnish(tb, store)
	return store.Close()
}}

// inhabited writes a database with some of everything in it, which is not open.
func inhabited(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "chat.db")
	inhabitedFile.Copy(t, path)
	return path
}

// furnish makes users 100 to 102, rooms 100 to 104, the first two of them
// public, messages 1 to 6 in room 100, and one in the main room and in 103: the second is edited twice, the
// fourth is deleted. User 101 is banned from room 101 and from the server.
func furnish(tb testing.TB, store *Store) {
	tb.Helper()
	ctx := tb.Context()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	users := populate(tb, store, 3, 2)
	_, err := store.CreateRoom(ctx, nil, chat.NewRoom{
		ID: 103, Kind: chat.RoomPrivate, Name: "our attic", FoldedName: "our attic", CreatedAt: benchTime, CreatedBy: users[1].ID,
	})
	must(err)
	for i := range 6 {
		appendOne(tb, store, 100, users[i%3])
	}
	appendOne(tb, store, chat.MainRoom, users[0])
	appendOne(tb, store, 103, users[1])
	for _, body := range []string{"better", "best"} {
		_, _, err = store.ChangeMessage(ctx, nil, 100, 2, chat.MessageEdit{Body: body, At: benchTime})
		must(err)
	}
	_, _, err = store.ChangeMessage(ctx, nil, 100, 4, chat.MessageDeletion{})
	must(err)
	_, _, err = store.Subscribe(ctx, nil, 100, users[2].ID, chat.RoleMember, benchTime)
	must(err)
	for _, room := range []chat.RoomID{101, 0} {
		_, _, _, err = store.Ban(ctx, nil, chat.NewBan{Room: room, User: users[1].ID, By: users[0].ID, At: benchTime})
		must(err)
	}
	must(store.CompareIndex(ctx))
	_, err = store.IndexMessages(ctx, 100)
	must(err)
}

// damage does to the database what no store would do.
func damage(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	run := func(statement string) {
		t.Helper()
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for _, statement := range statements {
		if strings.HasPrefix(statement, "DROP") || strings.HasPrefix(statement, "CREATE") {
			run(statement)
			continue
		}
		triggers := triggersOf(t, db) // which would keep the rest in step
		for name := range triggers {
			run("DROP TRIGGER " + name)
		}
		run(statement)
		for _, text := range triggers {
			run(text)
		}
	}
}

// triggersOf gives the text of each trigger by its name.
func triggersOf(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	triggers := map[string]string{}
	for rows.Next() {
		if err := readSchema(triggers)(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return triggers
}

func TestASoundDatabaseGivesTheDoctorNothingToSay(t *testing.T) {
	path := inhabited(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) > 0 || report.Running || report.Users != 3 || report.Rooms != 4 || report.Messages != 8 {
		t.Errorf("got %+v, want 3 users, 4 rooms, 8 messages and no findings", report)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the database was changed (%v)", err)
	}
}

func TestTheDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		damage string
		want   string
	}{
		{"a message that is missing", `DELETE FROM messages WHERE room = 100 AND seq = 3`, "seq has a hole"},
		{"the last message missing", `DELETE FROM messages WHERE room = 1`, "head at 1, but 0 messages"},
		{"a message that was moved away", `UPDATE messages SET seq = 9 WHERE room = 100 AND seq = 6`, "seq has a hole"},
		{"a head that is too far", `UPDATE rooms SET seq = 2 WHERE id = 1`, "head at 2, but 1 messages"},
		{"a change counter that is too far", `UPDATE rooms SET rev = 99 WHERE id = 100`, "change counter at 99"},
		{"a change counter that is behind", `UPDATE rooms SET rev = 8 WHERE id = 100`, "change counter at 8, but its latest change is 10"},
		{"a rev that nothing has taken", `UPDATE messages SET rev = 2 WHERE room = 103; UPDATE rooms SET rev = 2 WHERE id = 103`, "rev has a hole"},
		{"a member with the rev of a message", `UPDATE memberships SET room_rev = 3 WHERE room = 100 AND user = 102`, "Two changes of room 100 have the same rev, 3"},
		{"a change of the name that took no rev", `UPDATE rooms SET changed_rev = 99 WHERE id = 103`, "change counter at 1, but its latest change is 99"},
		{"a membership beyond the user's counter", `UPDATE memberships SET rev = 99 WHERE room = 100 AND user = 102`, "User 102 has a change with rev 99, but the counter is at 2"},
		{"a user without a counter", `DELETE FROM user_heads WHERE user = 102`, "but the counter is at 0"},
		{"two rooms of a user with one rev", `UPDATE memberships SET rev = 1 WHERE user = 102`, "Two changes of user 102 have the same rev, 1"},
		{"an account with the rev of a membership", `UPDATE user_heads SET account_rev = 1 WHERE user = 101`, "Two changes of user 101 have the same rev, 1"},
		{"a member who is recorded as gone", `INSERT INTO room_log VALUES (100, 102, 4, 'left')`, "User 102 is a member of room 100, but is recorded as gone"},
		{"a room in a list that is recorded as gone", `INSERT INTO user_log VALUES (102, 'room', '100', 0, 'left')`, "User 102 has room 100 in the list, but it is recorded as gone"},
		{"a room that has forgotten more than there was", `UPDATE rooms SET floor = 77 WHERE id = 103`, "Room 103 has forgotten changes up to rev 77"},
		{"a user who has forgotten more than there was", `UPDATE user_heads SET floor = 77 WHERE user = 102`, "User 102 has forgotten changes up to rev 77"},
		{"revs out of order", `UPDATE messages SET rev = 7 WHERE room = 100 AND seq = 3`, "out of order"},
		{"a rev below its seq", `UPDATE messages SET rev = 2 WHERE room = 100 AND seq = 3`, "less than its seq"},
		{"a clientId that is none", `UPDATE messages SET client_id = x'00' WHERE room = 1`, "not a UUID"},
		{"a tombstone with a body", `UPDATE messages SET body = 'x' WHERE room = 100 AND seq = 4`, "some of its content remains"},
		{"an author who is not there", `UPDATE messages SET author = 5 WHERE room = 1`, "refers to a row of users"},
		{"a member of no room", `INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at) VALUES (77, 100, 'user0', 'member', 0, 0)`, "refers to a row of rooms"},
		{"a position beyond the head", `UPDATE memberships SET read_seq = 7 WHERE room = 100 AND user = 102`, "but its head is at 6"},
		{"a position below nothing", `UPDATE memberships SET read_seq = -1 WHERE room = 1`, "read room 1 up to -1"},
		{"a count of members that is wrong", `UPDATE rooms SET members = 7 WHERE id = 1`, "7 members, but has 3"},
		{"a member under another name", `UPDATE memberships SET folded_name = 'x' WHERE room = 1 AND user = 100`, "differs among the members"},
		{"a member who is banned", `INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at) VALUES (101, 101, 'user1', 'member', 0, 0)`, "User 101 is a member of room 101 and banned from it"},
		{"someone banned from a room under another name", `UPDATE room_bans SET folded_name = 'x'`, "The name of user 101 differs among the bans"},
		{"someone banned from the server under another name", `UPDATE server_bans SET folded_name = 'x'`, "The name of user 101 differs among the bans"},
		{"a user who counts as banned", `UPDATE users SET banned = 1 WHERE id = 100`, "User 100 is marked as banned from the server"},
		{"a user who counts as not banned", `UPDATE users SET banned = 0`, "User 101 is marked as not banned from the server"},
		{"a ban from no room", `UPDATE room_bans SET room = 77`, "A row of room_bans refers to a row of rooms"},
		{"a ban from a room of nobody", `UPDATE room_bans SET user = 5`, "A row of room_bans refers to a row of users"},
		{"a ban from the server by nobody", `UPDATE server_bans SET made_by = 5`, "A row of server_bans refers to a row of users"},
		{"no main room", `UPDATE rooms SET kind = 'private' WHERE id = 1`, "“main” is not there"},
		{"a part of a name that the search misses", `DELETE FROM room_parts WHERE room = 101`, "The search finds room 101 under []"},
		{"a part that is none of the name's", `UPDATE room_parts SET tail = 'x' WHERE room = 101 AND rank = 0`, "The search finds room 101"},
		{"a private room in the search", `INSERT INTO room_parts VALUES (0, 'attic', 103)`, "Room 103 is not public"},
		{"a user whom the search finds by another's name", `INSERT INTO user_parts VALUES (0, 'x', 100)`, "The search finds user 100"},
		{"a room that looks like another one", `UPDATE room_looks SET look = 'x' WHERE room = 101`, "Room 101 counts as looking like [\"x\"]"},
		{"a user who looks like nobody", `DELETE FROM user_looks WHERE user = 100`, "User 100 counts as looking like []"},
		{"a conversation with nobody", `UPDATE rooms SET kind = 'direct' WHERE id = 103`, "Conversation 103"},
		{"an index of the search beyond its room", `UPDATE search_rooms SET rev = 99 WHERE room = 103`, "The search index of room 103 has come up to rev 99"},
		{"a message that the search misses", `DELETE FROM search_docs WHERE room = 103`, "The search index of room 103 has 0 messages up to rev 1, but should have 1"},
		{"a message that nobody sent in the search", `INSERT INTO search_docs VALUES (1, 103, 7)`, "has message 7 of room 103, which does not exist"},
		{"a message without its words in the search", `DELETE FROM search_words WHERE rowid = (SELECT doc FROM search_docs WHERE room = 103)`, "but not their words"},
		{"words of no message in the search", `INSERT INTO search_words (rowid, words) VALUES (5, 'x')`, "has words of block 5"},
		{"a trigger that is missing", `DROP TRIGGER message_changed`, "trigger message_changed is missing"},
		{"a trigger that is another", `DROP TRIGGER member_went; CREATE TRIGGER member_went AFTER DELETE ON memberships BEGIN SELECT 1; END`, "trigger member_went differs"},
		{"an index that is missing", `DROP INDEX messages_by_client_id`, "index messages_by_client_id is missing"},
		{"an index of the bans that is missing", `DROP INDEX room_bans_by_name`, "index room_bans_by_name is missing"},
		{"a table that is missing", `DROP TABLE server_bans`, "table server_bans is missing"},
		{"a table of somebody else's", `CREATE TABLE mine (x)`, "table mine does not belong to PartyChat"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := inhabited(t)
			damage(t, path, `PRAGMA foreign_keys = OFF`, test.damage)
			report, err := Check(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(report.Findings, "\n"); !strings.Contains(text, test.want) {
				t.Errorf("got findings\n%s\nwant one with %q", text, test.want)
			}
		})
	}
}

// What an index keeps from happening is asked of the tables all the same: a
// broken index would let it pass.
func TestTheRulesFindWhatIndexesKeepAway(t *testing.T) {
	path := inhabited(t)
	damage(t, path,
		`PRAGMA foreign_keys = OFF`,
		`DROP INDEX messages_by_client_id`, `DROP INDEX messages_by_rev`, `DROP INDEX public_rooms_by_name`,
		`UPDATE messages SET client_id = (SELECT client_id FROM messages WHERE room = 100 AND seq = 1) WHERE room = 100 AND author = 100`,
		`UPDATE messages SET rev = 5 WHERE room = 100 AND seq IN (5, 6)`,
		`UPDATE rooms SET folded_name = 'main' WHERE id = 101`,
	)
	report := Report{}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	c := &checker{ctx: t.Context(), tx: tx}
	if err := (sqlstore.Checker{Queries: c, Report: &report}).Rules(sqlstore.Rules...); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(report.Findings, "\n")
	for _, want := range []string{"the same clientId", "the same rev, 5", "Public rooms 1 and 101 have the same name"} {
		if !strings.Contains(text, want) {
			t.Errorf("got findings\n%s\nwant one with %q", text, want)
		}
	}
}

func TestTheDoctorSeesADamagedFile(t *testing.T) {
	path := inhabited(t)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := int64(4 * page); at < info.Size(); at += page {
		if _, err := f.WriteAt([]byte(strings.Repeat("\xff", 64)), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), path)
	if err == nil && len(report.Findings) == 0 {
		t.Error("got nothing to say, want the damage found")
	}
	for _, finding := range report.Findings {
		if !strings.Contains(finding, "damaged") {
			t.Errorf("got %q, want only that the file is damaged", finding)
		}
	}
}

func TestTheDoctorChecksBesideAServer(t *testing.T) {
	dir := t.TempDir()
	store := openIn(t, dir)
	furnish(t, store)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan struct{})
	go func() { // somebody who goes on writing
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			_, _, _ = store.ChangeMessage(ctx, nil, 100, 1, chat.MessageEdit{Body: fmt.Sprint(i), At: benchTime})
			_, _ = store.Unsubscribe(ctx, nil, 100, 101)
			_, _, _ = store.Subscribe(ctx, nil, 100, 101, chat.RoleMember, benchTime)
		}
	}()
	path := filepath.Join(dir, "partychat.db")
	for range 5 {
		report, err := Check(t.Context(), path)
		if err != nil || len(report.Findings) > 0 || !report.Running {
			t.Errorf("got %+v, %v; want a running server and nothing to say", report, err)
		}
	}
	stop()
	<-done

	// What a crash leaves: the database and its log, as they are at this moment.
	crashed := filepath.Join(t.TempDir(), "chat.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	report, err := Check(t.Context(), crashed)
	if err != nil || len(report.Findings) > 0 || report.Running || report.Messages != 8 {
		t.Errorf("after a crash: got %+v, %v; want all 8 messages and nothing to say", report, err)
	}
}

func TestTheDoctorSaysWhatItCannotCheck(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.db")
	damage(t, empty, `CREATE TABLE x (y)`)
	older := inhabited(t)
	damage(t, older, `DELETE FROM goose_db_version WHERE version_id > 1`)
	for _, test := range []struct{ name, path, want string }{
		{"nothing there", filepath.Join(t.TempDir(), "none.db"), "there is no database"},
		{"another program's database", empty, "not a PartyChat database"},
		{"an older database", older, "the database is of version 1"},
	} {
		if _, err := Check(t.Context(), test.path); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.want)
		}
	}
}

func TestManyFindingsOfOneKindAreCounted(t *testing.T) {
	path := inhabited(t)
	damage(t, path, `UPDATE messages SET client_id = CAST(room || seq AS BLOB)`)
	report, err := Check(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(report.Findings); n != 6 || report.Findings[n-1] != "The same error is in 3 more places." {
		t.Errorf("got %q, want five and a count of the other three", report.Findings)
	}
}
