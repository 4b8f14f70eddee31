package archive

import (
	"testing"

	"go.uber.org/goleak"

	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheDatabaseIsAsTheStoreWouldHaveWrittenIt(t *testing.T) {
	size, folder := Small, t.TempDir()
	for range 2 { // the second time, it exists
		if err := Make(t.Context(), folder, size); err != nil {
			t.Fatal(err)
		}
	}
	report, err := sqlite.Check(t.Context(), size.Path(folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range report.Findings {
		t.Error(finding)
	}
	if report.Messages != 10_000 || report.Rooms != 101 || report.Users != 100 {
		t.Errorf("got %+v, want 10,000 messages, 101 rooms and 100 users", report)
	}
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: size.Path(folder)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for i := range size.Users {
		subs, err := store.Subscriptions(t.Context(), size.User(i))
		if err != nil || len(subs) != RoomsPerUser {
			t.Fatalf("user %d: %d subscriptions, %v, want %d", i, len(subs), err, RoomsPerUser)
		}
	}
	page, err := store.Messages(t.Context(), chat.MainRoom, chat.MessagePage{Limit: 50})
	if err != nil || len(page.Messages) != 50 || page.Seq != 5000 {
		t.Errorf("got %d messages up to %d, %v, want 50 up to 5,000", len(page.Messages), page.Seq, err)
	}
}
