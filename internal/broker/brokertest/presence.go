package brokertest

import (
	"slices"
	"testing"

	"partychat/internal/chat"
)

// RunPresence runs the contract of chat.PresenceLeases. open returns leases in
// which everybody is offline.
func RunPresence(t *testing.T, open func(t *testing.T) chat.PresenceLeases) {
	const ann, bob, cid chat.UserID = 11, 12, 13
	want := func(t *testing.T, leases chat.PresenceLeases, want ...chat.Presence) {
		t.Helper()
		got, err := leases.States(t.Context(), []chat.UserID{ann, bob, cid})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("states: got %v, %v, want %v", got, err, want)
		}
		online, err := leases.Online(t.Context())
		slices.Sort(online)
		var users []chat.UserID
		for _, presence := range want {
			users = append(users, presence.User)
		}
		if err != nil || !slices.Equal(online, users) {
			t.Errorf("online: got %v, %v, want %v", online, err, users)
		}
	}
	hold := func(t *testing.T, leases chat.PresenceLeases, user chat.UserID, state chat.PresenceState, wantChanged bool) {
		t.Helper()
		now, changed, err := leases.Hold(t.Context(), user, state)
		if err != nil || now != state || changed != wantChanged {
			t.Errorf("Hold(%d, %s): got %s, %v, %v, want %s, %v", user, state, now, changed, err, state, wantChanged)
		}
	}
	release := func(t *testing.T, leases chat.PresenceLeases, user chat.UserID, wantChanged bool) {
		t.Helper()
		now, changed, err := leases.Release(t.Context(), user)
		if err != nil || now != chat.PresenceOffline || changed != wantChanged {
			t.Errorf("Release(%d): got %s, %v, %v, want %s, %v", user, now, changed, err, chat.PresenceOffline, wantChanged)
		}
	}
	t.Run("at first nobody is there", func(t *testing.T) { want(t, open(t)) })
	t.Run("a lease is told of when it begins, changes and ends, and not when it stays", func(t *testing.T) {
		leases := open(t)
		hold(t, leases, ann, chat.PresenceOnline, true)
		hold(t, leases, ann, chat.PresenceOnline, false)
		hold(t, leases, bob, chat.PresenceAway, true)
		want(t, leases, chat.Presence{User: ann, State: chat.PresenceOnline}, chat.Presence{User: bob, State: chat.PresenceAway})
		hold(t, leases, ann, chat.PresenceAway, true)
		if changed, err := leases.Renew(t.Context()); err != nil || len(changed) > 0 {
			t.Errorf("Renew: got %v, %v, want nothing", changed, err)
		}
		want(t, leases, chat.Presence{User: ann, State: chat.PresenceAway}, chat.Presence{User: bob, State: chat.PresenceAway})
		release(t, leases, ann, true)
		release(t, leases, ann, false)
		want(t, leases, chat.Presence{User: bob, State: chat.PresenceAway})
	})
}
