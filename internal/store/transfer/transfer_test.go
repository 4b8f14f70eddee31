package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlite"
	"partychat/internal/store/transfer"
)

func TestMain(m *testing.M) { os.Exit(realserver.Main(m)) }

var now = time.Date(2026, 3, 1, 12, 0, 0, 123e6, time.UTC)

// folder creates a data folder with rows in every table and returns the path of its
// database.
func folder(t *testing.T, messages int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partychat.db")
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, store, messages)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func fill(t *testing.T, store chat.Store, messages int) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"ann", "bob.of-the_woods", "Zoë", "日本.人", "élan"}
	for i, name := range names {
		_, err := store.CreateUser(ctx, chat.NewUser{
			User:       chat.User{ID: chat.UserID(1<<52 + i), Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: now},
			FoldedName: strings.ToLower(name), PasswordHash: "hash of " + name, DeviceHash: "device of " + name, FirstIsAdmin: true, Rooms: []chat.RoomID{chat.MainRoom},
		})
		check(err)
		data := []byte("data")
		if i == 0 {
			data = nil
		}
		check(store.PutSession(ctx, chat.Session{ID: fmt.Sprint("session", i), User: chat.UserID(1<<52 + i), Data: data, CreatedAt: now, ExpiresAt: now.Add(time.Hour), SeenAt: now.Add(time.Minute), Device: "Firefox on Linux"}))
	}
	check(store.PutSession(ctx, chat.Session{ID: "of nobody", CreatedAt: now, ExpiresAt: now.Add(-time.Hour)}))
	for i, name := range []string{"The chat of chats", "Ünïcode 🎉 room", "a-b_c.d"} {
		_, err := store.CreateRoom(ctx, nil, chat.NewRoom{
			ID: chat.RoomID(100 + i), Kind: []chat.RoomKind{chat.RoomPublic, chat.RoomPrivate}[i%2], Name: name,
			FoldedName: strings.ToLower(name), Topic: "it's “about” \\n", CreatedAt: now, CreatedBy: 1 << 52,
		})
		check(err)
	}
	_, err := store.PushKeys(ctx, chat.PushKeys{Public: "public", Private: "private"}, now)
	check(err)
	check(store.PutPushSubscription(ctx, chat.PushSubscription{
		ID: "phone", User: 1 << 52, Session: "session1", Endpoint: "https://push.example/1", P256DH: "key", Auth: "secret", Origin: "https://chat.example",
		ShowsText: true, CreatedAt: now, RenewedAt: now.Add(time.Hour),
	}, 10))
	check(store.PushShown(ctx, "phone", 100, 1))
	check(store.KeepActive(ctx, 1<<52, now))
	check(store.PutJobs(ctx, []chat.NewJob{{Kind: "push", Key: "phone:100", Payload: "{}", DueAt: now, ExpiresAt: now, CreatedAt: now}}))
	_, _, err = store.OpenConversation(ctx, nil, chat.NewConversation{Room: 200, By: 1 << 52, With: 1<<52 + 1, CreatedAt: now})
	check(err)
	until := now.Add(time.Hour)
	for i := range 3 {
		invitation := chat.NewInvitation{
			Invitation: chat.Invitation{ID: chat.InvitationID(300 + i), Room: 101, By: chat.Author{ID: 1 << 52}, Guests: i == 0, CreatedAt: now},
			TokenHash:  fmt.Sprint("token", i),
		}
		if i == 1 {
			invitation.Room, invitation.ForUser, invitation.MaxUses, invitation.ExpiresAt = 0, 1<<52+2, 7, &until
		}
		_, _, err := store.CreateInvitation(ctx, nil, invitation)
		check(err)
	}
	_, _, _, err = store.Redeem(ctx, nil, 1<<52+3, chat.Redemption{TokenHash: "token0", At: now})
	check(err)
	for i := range messages {
		m := &chat.NewMessage{
			Room: []chat.RoomID{chat.MainRoom, 100, 101, 200}[i%4], ClientID: uuid.NewString(), Author: 1 << 52,
			Kind: chat.MessageText, Body: fmt.Sprintf("message %d\n\t“ü” 🎉 '\\", i), CreatedAt: now.Add(time.Duration(i) * time.Millisecond),
		}
		if i%9 == 5 {
			m.Kind, m.Body = chat.MessageNotice, `{"event":"joined"}`
		}
		_, _, err := store.AppendMessage(ctx, m)
		check(err)
	}
	for i, to := range []chat.NewMessage{{ReplyTo: 1}, {Thread: 1}, {Thread: 1, ReplyTo: 1, InRoom: true}, {Thread: 1}} {
		to.Room, to.ClientID, to.Author, to.CreatedAt = 101, uuid.NewString(), chat.UserID(1<<52+i%2), now
		to.Kind, to.Body = chat.MessageText, fmt.Sprint("answer ", i)
		m, _, err := store.AppendMessage(ctx, &to)
		check(err)
		if i == 3 {
			_, _, err = store.ChangeMessage(ctx, nil, 101, m.Seq, chat.MessageDeletion{})
			check(err)
		}
	}
	_, _, err = store.ChangeMessage(ctx, nil, chat.MainRoom, 2, chat.MessageEdit{Body: "edited", At: now.Add(time.Minute)})
	check(err)
	for i, emoji := range []string{"👍", "❤️", "👍", "👩🏻‍❤️‍💋‍👨🏿", "👍"} {
		_, err = store.React(ctx, 100, []chat.Reacting{{Seq: 1, Change: chat.ReactionChange{
			By: chat.Author{ID: chat.UserID(1<<52 + i)}, Emoji: emoji, On: true, At: now, Max: 9,
		}}})
		check(err)
	}
	_, _, err = store.ChangeMessage(ctx, nil, chat.MainRoom, 3, chat.MessageDeletion{})
	check(err)
	_, _, err = store.MoveRead(ctx, nil, 200, 1<<52+1, 2, chat.AnyMark)
	check(err)
	_, _, err = store.SetLevel(ctx, 200, 1<<52+1, chat.LevelMuted)
	check(err)
	for i, quiet := range []*chat.QuietHours{nil, {From: 1320, To: 420, Zone: "Europe/Paris"}} {
		_, _, err = store.PutSettings(ctx, chat.UserID(1<<52+i), chat.Settings{Level: chat.LevelNothing, Quiet: quiet})
		check(err)
	}
	_, err = store.HideConversation(ctx, nil, 200, 1<<52)
	check(err)
	for seq := range int64(2) {
		_, _, err = store.ChangeMessage(ctx, nil, 100, 2*seq+1, chat.MessagePin{By: chat.Author{ID: 1 << 52}, On: true, At: now, Max: 9})
		check(err)
		for _, on := range []bool{true, seq == 0} {
			_, _, err = store.PutBookmark(ctx, nil, chat.Bookmark{User: 1<<52 + 1, Room: chat.MainRoom, Seq: seq + 4, At: now}, on, 9)
			check(err)
		}
	}
	name, status := "Ada <3", chat.Status{Emoji: "🌴", Text: "away", Until: now.Add(time.Hour)}
	_, _, err = store.ChangeProfile(ctx, nil, 1<<52, chat.ProfileChange{DisplayName: &name, Status: &status})
	check(err)
	stop := false
	_, _, err = store.PutThread(ctx, nil, chat.ThreadChange{User: 1<<52 + 1, Room: 101, Root: 1, Follow: &stop})
	check(err)
	topic := "another"
	_, _, err = store.ChangeRoom(ctx, nil, 101, chat.RoomChange{Topic: &topic})
	check(err)
	_, err = store.EndSession(ctx, 1<<52+4, "session4", chat.EndRevoked)
	check(err)
	for i, room := range []chat.RoomID{chat.MainRoom, 100, chat.MainRoom, 0} {
		_, _, _, err = store.Ban(ctx, nil, chat.NewBan{
			Room: room, User: chat.UserID(1<<52 + 1 + i), By: 1 << 52, At: now.Add(time.Duration(i) * time.Minute),
		})
		check(err)
	}
}

// describe reads everything back through the store.
func describe(t *testing.T, store chat.Store) string {
	t.Helper()
	var b strings.Builder
	add := func(value any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("reading: %v", err)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	ctx := t.Context()
	users, err := store.SearchUsers(ctx, chat.UserSearch{Limit: 100})
	add(users, err)
	for _, user := range users {
		user, hash, err := store.Credentials(ctx, strings.ToLower(user.Username))
		add(hash, err)
		subs, err := store.Subscriptions(ctx, user.ID)
		add(len(subs), err)
		for _, sub := range subs {
			add(fmt.Sprintf("%+v", sub.Membership), nil)
			add(sub.Unread, nil)
			add(store.Messages(ctx, sub.ID, chat.MessagePage{Limit: 100}))
			add(store.ChangesSince(ctx, sub.ID, 3, 100, 0))
			add(store.InvitationsOfRoom(ctx, sub.ID, now))
			add(store.Bans(ctx, sub.ID, chat.BanPage{Limit: 100}))
		}
		head, err := store.ListHeads(ctx, user.ID)
		slices.SortFunc(head.Rooms, func(a, b chat.ListHead) int { return int(a.Room - b.Room) })
		add(head, err)
		changes, err := store.UserChanges(ctx, user.ID, 0, 100, 0)
		add(fmt.Sprintf("%T", changes.Events), err)
		add(changes, nil)
		sessions, err := store.SessionsOfUser(ctx, user.ID, now)
		for i := range sessions {
			sessions[i].Data = append([]byte{}, sessions[i].Data...) // nil and empty data are equal
		}
		add(sessions, err)
	}
	add(store.Bans(ctx, 0, chat.BanPage{Limit: 100}))
	for _, text := range []string{"", "ch", "room", "the", "b"} {
		add(store.SearchPublicRooms(ctx, chat.RoomSearch{Text: text, Limit: 100}))
		add(store.SearchUsers(ctx, chat.UserSearch{Text: text, Limit: 100}))
	}
	return b.String()
}

func export(t *testing.T, path string) *sqlite.Export {
	t.Helper()
	from, err := sqlite.OpenExport(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = from.Close() })
	return from
}

func begin(t *testing.T, url string) *postgres.Import {
	t.Helper()
	to, err := postgres.OpenImport(t.Context(), postgres.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close(context.Background()) })
	if err := to.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return to
}

func quietly(string) {}

func TestACopyHasEverythingOfItsSource(t *testing.T) {
	path, url := folder(t, 60), realserver.PostgresDatabase(t)
	from, to := export(t, path), begin(t, url)
	if err := transfer.Copy(t.Context(), from, to, quietly); err != nil {
		t.Fatalf("Copy: %v", err)
	}
	if err := transfer.Compare(t.Context(), from, to, quietly); err != nil {
		t.Errorf("Compare: %v", err)
	}
	if err := to.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	to.Close(t.Context())
	_ = from.Close()

	before, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	after, err := postgres.Open(t.Context(), postgres.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close()
	if diff := cmp.Diff(describe(t, before), describe(t, after)); diff != "" {
		t.Errorf("read through the stores (-before +after):\n%s", diff)
	}
	report, err := postgres.Check(t.Context(), url)
	if err != nil || len(report.Findings) > 0 || report.Messages != 64 {
		t.Errorf("check: got %+v, %v; want 64 messages and nothing wrong", report, err)
	}
	message, _, err := after.AppendMessage(t.Context(), &chat.NewMessage{
		Room: 100, ClientID: uuid.NewString(), Author: 1 << 52, Kind: chat.MessageText, Body: "next", CreatedAt: now,
	})
	if err != nil || message.Seq != 16 {
		t.Errorf("the next message: got seq %d, %v; want 16", message.Seq, err)
	}
}

// interrupted is a target that fails after a number of batches.
type interrupted struct {
	*postgres.Import
	left int
}

var errPulled = errors.New("the plug was pulled")

func (i *interrupted) Write(ctx context.Context, table string, columns []string, rows [][]any) error {
	if i.left == 0 {
		return errPulled
	}
	i.left--
	return i.Import.Write(ctx, table, columns, rows)
}

func TestAnInterruptedCopyContinues(t *testing.T) {
	path, url := folder(t, 5000), realserver.PostgresDatabase(t)
	from, to := export(t, path), begin(t, url)
	for n := range 60 { // enough for all tables
		err := transfer.Copy(t.Context(), from, &interrupted{to, n % 3}, quietly)
		if err == nil {
			break
		}
		if !errors.Is(err, errPulled) {
			t.Fatal(err)
		}
		var differ *transfer.DifferenceError
		if err := transfer.Compare(t.Context(), from, to, quietly); !errors.As(err, &differ) {
			t.Errorf("compared halfway: got %v, want a difference", err)
		}
		if store, err := postgres.Open(t.Context(), postgres.Options{URL: url, LockWait: time.Millisecond}); err == nil {
			t.Error("a server could open an incomplete copy")
			_ = store.Close()
		}
	}
	if err := transfer.Compare(t.Context(), from, to, quietly); err != nil {
		t.Errorf("compared at the end: %v", err)
	}
	to.Close(t.Context())
	if _, err := postgres.Open(t.Context(), postgres.Options{URL: url}); err == nil || !strings.Contains(err.Error(), "migrate-store again") {
		t.Errorf("opening an incomplete copy: got %v, want an error that says what to do", err)
	}
}

func TestEveryKindOfDifferenceIsFound(t *testing.T) {
	path, url := folder(t, 30), realserver.PostgresDatabase(t)
	from, to := export(t, path), begin(t, url)
	if err := transfer.Copy(t.Context(), from, to, quietly); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for table, statements := range map[string][2]string{
		"users":       {`UPDATE users SET password_hash = 'x' || password_hash`, `UPDATE users SET password_hash = substr(password_hash, 2)`},
		"rooms":       {`UPDATE rooms SET rev = rev + 1 WHERE id = 101`, `UPDATE rooms SET rev = rev - 1 WHERE id = 101`},
		"memberships": {`UPDATE memberships SET hidden_until = hidden_until + 1 WHERE room = 200`, `UPDATE memberships SET hidden_until = hidden_until - 1 WHERE room = 200`},
		"messages":    {`UPDATE messages SET created_at = created_at + 1 WHERE seq = 3`, `UPDATE messages SET created_at = created_at - 1 WHERE seq = 3`},
		"uncounted": {
			`INSERT INTO uncounted VALUES (101, 29)`,
			`WITH u AS (DELETE FROM uncounted WHERE room = 101 AND seq = 29) UPDATE uncounted_blocks SET n = n - 1 WHERE room = 101`,
		},
		"uncounted_blocks": {`UPDATE uncounted_blocks SET n = n + 1 WHERE room = 101`, `UPDATE uncounted_blocks SET n = n - 1 WHERE room = 101`},
		"sessions":         {`UPDATE sessions SET data = data || '\x00'`, `UPDATE sessions SET data = substr(data, 1, length(data) - 1)`},
		"invitations":      {`UPDATE invitations SET expires_at = NULL WHERE id = 301`, fmt.Sprintf(`UPDATE invitations SET expires_at = %d WHERE id = 301`, now.Add(time.Hour).UnixMilli())},
		"room_bans":        {`UPDATE room_bans SET made_at = made_at + 1 WHERE room = 100`, `UPDATE room_bans SET made_at = made_at - 1 WHERE room = 100`},
		"server_bans":      {`UPDATE server_bans SET made_by = "user"`, `UPDATE server_bans SET made_by = 1::bigint << 52`},
	} {
		if _, err := conn.Exec(t.Context(), statements[0]); err != nil {
			t.Fatal(err)
		}
		var differ *transfer.DifferenceError
		if err := transfer.Compare(t.Context(), from, to, quietly); !errors.As(err, &differ) || differ.Table != table {
			t.Errorf("after a change of %s: got %v, want a difference in it", table, err)
		}
		if _, err := conn.Exec(t.Context(), statements[1]); err != nil {
			t.Fatal(err)
		}
		if err := transfer.Compare(t.Context(), from, to, quietly); err != nil {
			t.Fatalf("after undoing the change of %s: got %v, want no difference", table, err)
		}
	}
}

func TestAFolderThatCannotBeCopiedGetsAnErrorWithTheReason(t *testing.T) {
	path := folder(t, 30)
	server, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for name, test := range map[string]struct{ path, want string }{
		"a folder in use by a server": {path, "another server"},
		"a missing database":          {filepath.Join(t.TempDir(), "none.db"), "there is no database"},
	} {
		if from, err := sqlite.OpenExport(t.Context(), test.path); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, test.want)
			if err == nil {
				_ = from.Close()
			}
		}
	}
}
