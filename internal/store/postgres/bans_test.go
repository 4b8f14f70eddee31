package postgres

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// Whoever follows a link has it first and then waits for the room. To put out the
// one who made it must not have the room first and then wait for the link.
func TestPuttingSomebodyOutDoesNotHoldTheRoomWhileItWaitsForALink(t *testing.T) {
	url := empty.Database(t)
	store := openAt(t, Options{URL: url})
	populate(t, store, 3, 0)
	for _, test := range []struct {
		name string
		user chat.UserID
		call func() error
	}{
		{"RemoveMember", 101, func() error {
			_, err := store.RemoveMember(context.Background(), nil, chat.MainRoom, 101)
			return err
		}},
		{"Ban", 102, func() error {
			_, _, _, err := store.Ban(context.Background(), nil, chat.NewBan{Room: chat.MainRoom, User: 102, By: 100, At: benchTime})
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := store.CreateInvitation(t.Context(), nil, chat.NewInvitation{
				Invitation: chat.Invitation{ID: 7, Room: chat.MainRoom, By: chat.Author{ID: test.user}, CreatedAt: benchTime}, TokenHash: "token",
			})
			if err != nil {
				t.Fatal(err)
			}
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			follower, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := follower.Exec(t.Context(), statements.LockInvitationByToken, "token", sqlstore.Millis(benchTime)); err != nil {
				t.Fatal(err)
			}
			var work sync.WaitGroup
			work.Go(func() {
				if err := test.call(); err != nil {
					t.Errorf("got %v, want no error", err)
				}
			})
			waits := func() (waits bool) {
				const query = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`
				return follower.QueryRow(t.Context(), query).Scan(&waits) == nil && waits
			}
			eventually(t, "it waits for the link", waits)
			if _, err := follower.Exec(t.Context(), statements.LockHead+" NOWAIT", chat.MainRoom); err != nil {
				t.Errorf("the room, to whoever has the link: %v", err)
			}
			if err := follower.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			work.Wait()
		})
	}
}
