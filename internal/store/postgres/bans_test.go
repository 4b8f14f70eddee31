package postgres

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/realserver"
)

// Whoever follows a link has it first and then waits for the room. To put out the
// one who made it must not have the room first and then wait for the link.
func TestPuttingSomebodyOutDoesNotHoldTheRoomWhileItWaitsForALink(t *testing.T) {
	url := realserver.PostgresDatabase(t)
	store := openAt(t, Options{URL: url})
	populate(t, store, 3, 1)
	for name, call := range map[string]func() error{
		"RemoveMember": func() error {
			_, err := store.RemoveMember(context.Background(), 100, 101)
			return err
		},
		"Ban": func() error {
			_, _, _, err := store.Ban(context.Background(), chat.NewBan{Room: 100, User: 101, By: 100, At: benchTime})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.CreateInvitation(t.Context(), chat.NewInvitation{
				Invitation: chat.Invitation{ID: 7, Room: 100, By: chat.Author{ID: 101}, CreatedAt: benchTime}, TokenHash: "token",
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
			if _, err := follower.Exec(t.Context(), sqlLockInvitation, "token", millis(benchTime)); err != nil {
				t.Fatal(err)
			}
			var work sync.WaitGroup
			work.Go(func() {
				if err := call(); err != nil {
					t.Errorf("got %v, want no error", err)
				}
			})
			waits := func() (waits bool) {
				const query = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`
				return follower.QueryRow(t.Context(), query).Scan(&waits) == nil && waits
			}
			eventually(t, "it waits for the link", waits)
			if _, err := follower.Exec(t.Context(), sqlLockRoom+" NOWAIT", 100); err != nil {
				t.Errorf("the room, to whoever has the link: %v", err)
			}
			if err := follower.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			work.Wait()
		})
	}
}
