//go:build linux

package main

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"partychat/bench/peers"
	"partychat/bench/profile"
	"partychat/bench/report"
)

func TestMain(m *testing.M) {
	// scs starts a goroutine that never ends, for a memory store that is replaced
	// by another one.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

// This test covers the servers that need nothing but Go, under a light load of
// every kind. The load generator's checks must pass; the figures don't matter.
func TestServersDeliverEverythingUnderASmallLoad(t *testing.T) {
	profiles := []profile.Profile{
		{Name: "closed", Kind: profile.Closed, Clients: 20, Rooms: 2, Senders: 6, Size: 100},
		{Name: "large", Kind: profile.Closed, Clients: 4, Rooms: 1, Senders: 2, Size: 20_000},
		{Name: "open", Kind: profile.Open, Clients: 20, Rooms: 1, Senders: 20, Size: 100, Rate: 100},
		{Name: "idle", Kind: profile.Idle, Clients: 20, Rooms: 1},
		{Name: "connect", Kind: profile.Connect, Clients: 20, Rooms: 1},
		{Name: "durable", Kind: profile.Durable, Clients: 4, Rooms: 2, Senders: 4, Size: 100},
		{Name: "complete", Kind: profile.Complete, Clients: 20, Rooms: 1, Senders: 6, Size: 100},
		{Name: "return", Kind: profile.Return, Clients: 20, Rooms: 5, Lists: 3},
		{Name: "store", Kind: profile.Store, Clients: 4, Rooms: 2, Senders: 4, Size: 100},
		{Name: "polling", Kind: profile.Connect, Transport: profile.Polling, Clients: 20, Rooms: 1},
	}
	selected, err := peers.Select("partychat,bare,chat,store")
	if err != nil {
		t.Fatal(err)
	}
	ready, err := prepare(t.Context(), selected, &options{source: "."}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := runner{peers: ready, disk: t.TempDir(), timing: profile.Timing{
		Repeats: 1, Warmup: 100 * time.Millisecond, Measure: 200 * time.Millisecond, Settle: 100 * time.Millisecond,
	}}
	entries, err := r.run(t.Context(), profiles)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(entries), 15; got != want {
		t.Errorf("got %d entries, want %d: every server under every profile that applies", got, want)
	}
	for _, e := range entries {
		if e.Void != "" {
			t.Errorf("%s, %s: %s", e.Profile.Name, e.Title, e.Void)
		} else {
			t.Logf("%s, %s: %s", e.Profile.Name, e.Title, report.Line(e.Profile.Kind, e.Samples[0]))
		}
	}
}

func TestMissingServersAreLeftOut(t *testing.T) {
	selected := []peers.Peer{{Name: "x", Title: "X", Dir: ".", Needs: "not/there", Remedy: "install it"}}
	if got, err := prepare(t.Context(), selected, &options{source: "."}, t.TempDir()); err == nil {
		t.Errorf("got %v, want an error, because no server is left", got)
	}
}
