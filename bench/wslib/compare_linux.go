package main

import (
	"context"
	"log"
	"os"
	"os/exec"
	"slices"
	"time"

	"partychat/bench/peers"
	"partychat/bench/proc"
	"partychat/bench/profile"
	"partychat/bench/report"
)

// The profiles: one set for all servers, one for those that join writes, since idle
// connections don't write.
const (
	traffic = "broadcast-100,broadcast-1000,broadcast-5000,steady-100"
	idle    = "idle-5000"
)

// compare measures all libraries and writes the result into a folder.
func compare(ctx context.Context, out string, timing profile.Timing) ([]string, error) {
	cores, err := proc.Split()
	if err != nil {
		return nil, err
	}
	bin, err := os.MkdirTemp("", "wslib-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(bin)
	joining, direct, err := servers(ctx, bin)
	if err != nil {
		return nil, err
	}
	result := report.Result{
		Name: "wslib", Date: time.Now(), Machine: proc.Describe(ctx), Cores: &cores, Timing: timing,
	}
	for _, group := range []struct {
		profiles string
		servers  []peers.Peer
	}{{traffic, append(direct, joining...)}, {idle, joining}} {
		profiles, err := profile.Select(group.profiles)
		if err != nil {
			return nil, err
		}
		for _, p := range profiles {
			entries, err := measure(ctx, p, group.servers, cores.Server, timing)
			if err != nil {
				return nil, err
			}
			result.Entries = append(result.Entries, entries...)
		}
	}
	return result.Write(out)
}

// servers builds the servers into a folder and returns them by the way they write.
func servers(ctx context.Context, bin string) (joining, direct []peers.Peer, err error) {
	server := peers.Peer{Name: "server", Title: "server", Build: "server"}
	if err := server.Prepare(ctx, ".", bin); err != nil {
		return nil, nil, err
	}
	for _, library := range []string{"gorilla", "gws", "gobwas"} {
		command := append(slices.Clone(server.Command), "-library", library)
		direct = append(direct, peers.Peer{Name: library, Title: library, Command: command})
		joining = append(joining, peers.Peer{Name: library + "-join", Title: library + ", joined", Command: append(slices.Clone(command), "-join")})
	}
	// The bare server of bench is the upper limit for reading by readiness.
	bare, err := peers.Select("bare")
	if err != nil {
		return nil, nil, err
	}
	bare[0].Title = "gobwas, joined, epoll"
	err = bare[0].Prepare(ctx, "..", bin)
	return append(joining, bare...), direct, err
}

// measure measures the servers under a load, one after another.
func measure(ctx context.Context, p profile.Profile, servers []peers.Peer, core int, timing profile.Timing) ([]report.Entry, error) {
	if err := proc.AllowFiles(p.Files()); err != nil {
		return nil, err
	}
	var entries []report.Entry
	for _, server := range servers {
		e := report.Entry{Profile: p, Peer: server.Name, Title: server.Title}
		for range timing.Repeats {
			e.Add(sample(ctx, &p, &server, core, timing))
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		entries = append(entries, e)
		if e.Void != "" {
			log.Printf("%s, %s: void: %s", p.Name, e.Title, e.Void)
			continue
		}
		log.Printf("%s, %s: %s", p.Name, e.Title, report.Line(p.Kind, e.Samples[len(e.Samples)-1]))
	}
	return entries, nil
}

func sample(ctx context.Context, p *profile.Profile, peer *peers.Peer, core int, timing profile.Timing) (profile.Sample, error) {
	server, err := peer.Start(ctx, func(cmd *exec.Cmd) error { return proc.StartOn(core, cmd) })
	if err != nil {
		return profile.Sample{}, err
	}
	defer server.Stop()
	return p.Measure(ctx, profile.Target{Addresses: []string{server.Address}, PIDs: []int{server.PID}}, timing)
}
