package redis_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/broker/brokertest"
	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

func TestPresenceContract(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		next := databases(t)
		brokertest.RunPresence(t, func(t *testing.T) chat.PresenceLeases {
			t.Helper()
			return redis.NewPresence(connect(t, next()), redis.PresenceOptions{})
		})
	})
	t.Run("as a cluster", func(t *testing.T) {
		brokertest.RunPresence(t, func(t *testing.T) chat.PresenceLeases {
			t.Helper()
			server := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
			return redis.NewPresence(connect(t, server.URL()), redis.PresenceOptions{})
		})
	})
}

// lease is short, so that dead nodes are detected soon (after two thirds of it), but long enough
// for a living node to renew it on a slow machine.
const lease = 4500 * time.Millisecond

// attendants returns the leases of n nodes on one server.
func attendants(t *testing.T, n int) (server *realserver.Redis, leases []*redis.Presence) {
	t.Helper()
	server = realserver.RedisServer(t, realserver.RedisOptions{})
	for range n {
		leases = append(leases, redis.NewPresence(connect(t, server.URL()), redis.PresenceOptions{}))
	}
	return server, leases
}

func states(t *testing.T, leases *redis.Presence, users ...chat.UserID) string {
	t.Helper()
	got, err := leases.States(t.Context(), users)
	if err != nil && chat.CodeOf(err) != chat.CodeUnavailable {
		t.Fatalf("States: %v", err)
	}
	var text []string
	for _, presence := range got {
		text = append(text, fmt.Sprint(presence.User, " ", presence.State))
	}
	return strings.Join(text, ", ")
}

func TestUserIsOnlineIfAnyNodeReportsIt(t *testing.T) {
	_, leases := attendants(t, 2)
	const ann chat.UserID = 11
	for _, step := range []struct {
		node    int
		state   chat.PresenceState
		now     chat.PresenceState
		changed bool
	}{
		{0, chat.PresenceAway, chat.PresenceAway, true},
		{1, chat.PresenceAway, chat.PresenceAway, false},
		{1, chat.PresenceOnline, chat.PresenceOnline, true},
		{0, chat.PresenceOnline, chat.PresenceOnline, false},
		{1, chat.PresenceOffline, chat.PresenceOnline, false},
		{1, chat.PresenceAway, chat.PresenceOnline, false},
		{0, chat.PresenceOffline, chat.PresenceAway, true},
		{1, chat.PresenceOffline, chat.PresenceOffline, true},
		{1, chat.PresenceOffline, chat.PresenceOffline, false},
	} {
		var now chat.PresenceState
		var changed bool
		var err error
		if step.state == chat.PresenceOffline {
			now, changed, err = leases[step.node].Release(t.Context(), ann)
		} else {
			now, changed, err = leases[step.node].Hold(t.Context(), ann, step.state)
		}
		if err != nil || now != step.now || changed != step.changed {
			t.Errorf("node %d says %s: got %s, %v, %v, want %s, %v", step.node, step.state, now, changed, err, step.now, step.changed)
		}
	}
}

func TestUsersOfADeadNodeGoOfflineOnce(t *testing.T) {
	const users, survivors = 2000, 3
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	open := func() *redis.Presence {
		return redis.NewPresence(connect(t, server.URL()), redis.PresenceOptions{Lease: lease})
	}
	dead := open()
	hold(t, server, dead, users)
	var work sync.WaitGroup
	changes := make(chan chat.Presence, users*survivors)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range survivors {
		leases := open()
		// The first user is also on another node.
		if i == 0 {
			if _, _, err := leases.Hold(ctx, 1, chat.PresenceAway); err != nil {
				t.Fatal(err)
			}
		}
		work.Go(func() {
			for ctx.Err() == nil {
				found, err := leases.Renew(ctx)
				if err != nil && ctx.Err() == nil {
					t.Errorf("Renew: %v", err)
				}
				for _, presence := range found {
					changes <- presence
				}
				if online, err := leases.Online(ctx); err == nil && len(online) == 1 {
					return
				}
			}
		})
	}
	work.Wait()
	close(changes)
	told := make(map[chat.UserID]chat.PresenceState)
	for presence := range changes {
		if before, ok := told[presence.User]; ok {
			t.Errorf("user %d: told %s and %s, want one change", presence.User, before, presence.State)
		}
		told[presence.User] = presence.State
	}
	for user := range chat.UserID(users) {
		want := chat.PresenceOffline
		if user+1 == 1 {
			want = chat.PresenceAway
		}
		if got := told[user+1]; got != want {
			t.Errorf("user %d: told %q, want %q", user+1, got, want)
		}
	}
}

// hold makes users 1 to n online and reports them to Redis at once.
func hold(t *testing.T, server *realserver.Redis, leases *redis.Presence, n int) {
	t.Helper()
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the outage to be noticed", func() bool {
		_, err := leases.Renew(t.Context())
		return chat.CodeOf(err) == chat.CodeUnavailable
	})
	for user := range chat.UserID(n) {
		if _, _, err := leases.Hold(t.Context(), user+1, chat.PresenceOnline); err != nil {
			t.Fatalf("Hold while Redis is away: %v", err)
		}
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := 0
	eventually(t, "Redis to be told", func() bool {
		changes, err := leases.Renew(t.Context())
		found += len(changes)
		return err == nil
	})
	if found != n {
		t.Errorf("Renew told of %d changes, want %d", found, n)
	}
}

func TestNoScriptHandlesAllUsersAtOnce(t *testing.T) {
	const users = 50_000
	server, leases := attendants(t, 2)
	hold(t, server, leases[0], users)
	info, err := server.Do(t.Context(), "INFO", "commandstats")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(info) {
		name, rest, _ := strings.Cut(line, ":")
		var calls int
		if n, _ := fmt.Sscanf(rest, "calls=%d,", &calls); name != "cmdstat_evalsha" || n != 1 {
			continue
		}
		t.Log(line)
		if want := users / 500; calls < want {
			t.Errorf("calls of scripts: got %d, want at least %d", calls, want)
		}
	}
	eventually(t, "another node to know of all", func() bool {
		online, err := leases[1].Online(t.Context())
		return err == nil && len(online) == users
	})
}

func TestReportsThatRedisLostAreSentAgain(t *testing.T) {
	server, leases := attendants(t, 2)
	for i, user := range []chat.UserID{11, 12} {
		if _, _, err := leases[i].Hold(t.Context(), user, chat.PresenceOnline); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := server.Do(t.Context(), "FLUSHALL"); err != nil {
		t.Fatal(err)
	}
	// The node's next report also restores its other users.
	if now, changed, err := leases[0].Hold(t.Context(), 13, chat.PresenceAway); err != nil || !changed || now != chat.PresenceAway {
		t.Errorf("Hold: got %s, %v, %v, want away, true", now, changed, err)
	}
	for i := range leases {
		if _, err := leases[i].Renew(t.Context()); err != nil {
			t.Errorf("Renew: %v", err)
		}
	}
	for i := range leases {
		if got, want := states(t, leases[i], 11, 12, 13), "11 online, 12 online, 13 away"; got != want {
			t.Errorf("node %d: got %q, want %q", i, got, want)
		}
	}
}

func TestUnnoticedRestartOfRedisHidesNobody(t *testing.T) {
	server, leases := attendants(t, 2)
	for i, user := range []chat.UserID{11, 12} {
		if _, _, err := leases[i].Hold(t.Context(), user, chat.PresenceOnline); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range leases {
		eventually(t, "Redis to be reached again", func() bool { return states(t, leases[i], 11, 12) == "11 online, 12 online" })
	}
}

func TestNodeKnowsItsOwnUsersWithoutRedis(t *testing.T) {
	server, leases := attendants(t, 2)
	for i, user := range []chat.UserID{11, 12} {
		if _, _, err := leases[i].Hold(t.Context(), user, chat.PresenceOnline); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if now, changed, err := leases[0].Hold(t.Context(), 13, chat.PresenceAway); err != nil || !changed || now != chat.PresenceAway {
		t.Errorf("Hold: got %s, %v, %v, want away, true", now, changed, err)
	}
	if now, changed, err := leases[0].Release(t.Context(), 11); err != nil || !changed || now != chat.PresenceOffline {
		t.Errorf("Release: got %s, %v, %v, want offline, true", now, changed, err)
	}
	if _, err := leases[0].States(t.Context(), []chat.UserID{11}); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("States without Redis: got error %v, want %s", err, chat.CodeUnavailable)
	}
	if got, want := states(t, leases[0], 11, 12, 13), "13 away"; got != want {
		t.Errorf("states: got %q, want %q", got, want)
	}
	if online, err := leases[0].Online(t.Context()); err != nil || !slices.Equal(online, []chat.UserID{13}) {
		t.Errorf("online: got %v, %v, want 13", online, err)
	}
	if _, err := leases[0].Renew(t.Context()); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("Renew: got %v, want CodeUnavailable", err)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var changes []chat.Presence
	eventually(t, "Redis to be told", func() bool {
		found, err := leases[0].Renew(t.Context())
		changes = append(changes, found...)
		return err == nil
	})
	slices.SortFunc(changes, func(a, b chat.Presence) int { return cmp.Compare(a.User, b.User) })
	want := []chat.Presence{{User: 11, State: chat.PresenceOffline}, {User: 13, State: chat.PresenceAway}}
	if !slices.Equal(changes, want) {
		t.Errorf("changes: got %v, want %v", changes, want)
	}
	eventually(t, "another node to be told", func() bool { return states(t, leases[1], 11, 12, 13) == "12 online, 13 away" })
}

// After a hang, Redis reads the requests sent meanwhile, in any order of the connections. Later
// reports must win.
func TestReportsSentDuringAHangDoNotOverwriteLaterOnes(t *testing.T) {
	server, leases := attendants(t, 2)
	users := make([]chat.UserID, 64)
	for i := range users {
		users[i] = chat.UserID(i + 1)
	}
	if _, err := leases[0].Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := server.Pause(); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for _, user := range users {
		work.Go(func() {
			if _, _, err := leases[0].Hold(t.Context(), user, chat.PresenceOnline); err != nil {
				t.Errorf("Hold: %v", err)
			}
		})
	}
	work.Wait() // each has given up on Redis
	for _, user := range users {
		if _, _, err := leases[0].Release(t.Context(), user); err != nil {
			t.Errorf("Release: %v", err)
		}
	}
	if err := server.Resume(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		eventually(t, "Redis to answer", func() bool {
			_, err := leases[0].Renew(t.Context())
			return err == nil
		})
		if got := states(t, leases[1], users...); got != "" {
			t.Errorf("states: got %q, want nobody", got)
		}
	}
}
