package main

import (
	"context"
	"log"
	"os/exec"

	"partychat/bench/peers"
	"partychat/bench/proc"
	"partychat/bench/profile"
	"partychat/bench/report"
)

// runner measures peers one after another.
type runner struct {
	peers   []peers.Peer
	cores   *proc.Cores // nil if there is only one
	timing  profile.Timing
	shared  shared // backends of several nodes
	disk    string // folder for new databases
	archive string // folder of the large databases
}

// run measures all peers under all profiles. Each run starts a new server, and the
// peers take turns, so that other activity on the machine affects all of them
// alike.
func (r *runner) run(ctx context.Context, profiles []profile.Profile) ([]report.Entry, error) {
	var all []report.Entry
	for _, p := range profiles {
		if err := proc.AllowFiles(p.Files()); err != nil {
			return nil, err
		}
		entries := r.entries(p)
		for repeat := range r.timing.Repeats {
			for i := range entries {
				if err := r.measure(ctx, &entries[i]); err != nil {
					return nil, err
				}
				show(&entries[i], repeat)
			}
		}
		all = append(all, entries...)
	}
	return all, nil
}

// entries returns an entry of the profile for each peer that can take part.
func (r *runner) entries(p profile.Profile) []report.Entry {
	var entries []report.Entry
	for _, peer := range r.peers {
		if peer.Suite != p.Kind.Suite() || p.Transport == profile.Polling && peer.NoPolling {
			continue
		}
		entries = append(entries, report.Entry{Profile: p, Peer: peer.Name, Title: peer.Title})
	}
	return entries
}

// measure runs an entry once. An error that voids the run is recorded in the entry;
// only the context's error is returned.
func (r *runner) measure(ctx context.Context, e *report.Entry) error {
	if e.Void != "" {
		return ctx.Err()
	}
	e.Add(r.sample(ctx, e))
	return ctx.Err()
}

func (r *runner) sample(ctx context.Context, e *report.Entry) (profile.Sample, error) {
	switch e.Profile.Kind.Suite() {
	case profile.Chat:
		return r.sampleChat(ctx, e)
	case profile.Spread:
		return r.sampleNodes(ctx, e)
	case profile.Alone:
		return r.sampleStore(ctx, e)
	case profile.Sockets:
	}
	server, err := r.peer(e.Peer).Start(ctx, r.start)
	if err != nil {
		return profile.Sample{}, err
	}
	defer server.Stop()
	return e.Profile.Measure(ctx, profile.Target{Addresses: []string{server.Address}, PIDs: []int{server.PID}}, r.timing)
}

func (r *runner) peer(name string) *peers.Peer {
	for i := range r.peers {
		if r.peers[i].Name == name {
			return &r.peers[i]
		}
	}
	return nil
}

func (r *runner) start(cmd *exec.Cmd) error {
	if r.cores == nil {
		return cmd.Start()
	}
	return proc.StartOn(r.cores.Server, cmd)
}

// show logs the last run's result.
func show(e *report.Entry, repeat int) {
	if e.Void != "" {
		log.Printf("%s, %s: void: %s", e.Profile.Name, e.Title, e.Void)
		return
	}
	log.Printf("%s, %s, run %d: %s", e.Profile.Name, e.Title, repeat+1, report.Line(e.Profile.Kind, e.Samples[len(e.Samples)-1]))
}
