// Command bench measures PartyChat's Socket.IO server and others under the
// same load. See README.md beside it.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"partychat/bench/peers"
	"partychat/bench/proc"
	"partychat/bench/profile"
	"partychat/bench/report"
)

func main() {
	log.SetFlags(log.Ltime)
	var o options
	o.register(flag.CommandLine)
	flag.Parse()
	if err := bench(&o); err != nil {
		log.Fatal(err)
	}
}

// options are the command-line options.
type options struct {
	profiles, peers string
	name            string
	out, source     string
	disk, archive   string
	cpuProfile      string
	allocProfile    string
	timing          profile.Timing
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar(&o.profiles, "profiles", "quick", "what to measure: `names` of profiles, or of the presets full, sockets, delivery, scale, nodes, quick, broadcast, steady and connect")
	flags.StringVar(&o.peers, "peers", "partychat,node-ws,node-eiows,bare,chat,store,nodes,node-redis", "`names` of the servers to measure")
	flags.StringVar(&o.name, "name", "run", "`name` of the result")
	flags.StringVar(&o.out, "out", "", "`folder` to write the result to; default: results, below -source")
	flags.StringVar(&o.source, "source", "bench", "`folder` of this program's source")
	flags.StringVar(&o.disk, "disk", "", "`folder` on the disk to measure, for databases; default: the system's for temporary files")
	flags.StringVar(&o.archive, "archive", "", "`folder` for the databases of 10 thousand and 10 million messages, created if missing, in two minutes, with 3 GB; default: a temporary one")
	flags.IntVar(&o.timing.Repeats, "repeats", 3, "number of `runs` of each measurement")
	flags.DurationVar(&o.timing.Warmup, "warmup", 2*time.Second, "duration of the load before the measurement")
	flags.DurationVar(&o.timing.Measure, "measure", 3*time.Second, "duration of the measurement")
	flags.DurationVar(&o.timing.Settle, "settle", time.Minute, "wait before measuring memory")
	flags.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile of PartyChat's server to this `file`, replaced at each run")
	flags.StringVar(&o.allocProfile, "allocprofile", "", "the same for allocations; slows the server down")
}

func bench(o *options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	profiles, err := profile.Select(o.profiles)
	if err != nil {
		return err
	}
	selected, err := peers.Select(o.peers)
	if err != nil {
		return err
	}
	r := runner{timing: o.timing}
	switch cores, err := proc.Split(); {
	case errors.Is(err, proc.ErrOneCore):
		log.Print("There is only one core: server and load share it, so that the figures mean little.")
	case err != nil:
		log.Printf("Server and load cannot be pinned to separate cores (%v): the figures vary more.", err)
	default:
		r.cores = &cores
	}
	bin, err := os.MkdirTemp("", "partychat-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	if r.disk, err = realDisk(o.disk); err != nil {
		return err
	}
	r.archive = cmp.Or(o.archive, bin)
	if r.peers, err = prepare(ctx, needed(selected, profiles), o, bin); err != nil {
		return err
	}
	result := &report.Result{
		Name: o.name, Date: time.Now(), Machine: proc.Describe(ctx), Cores: r.cores, Timing: o.timing,
	}
	result.Entries, err = r.run(ctx, profiles)
	if err := errors.Join(err, r.shared.stop()); err != nil {
		return err
	}
	return write(result, o)
}

// needed returns the peers that take part in one of the profiles.
func needed(selected []peers.Peer, profiles []profile.Profile) []peers.Peer {
	return slices.DeleteFunc(slices.Clone(selected), func(peer peers.Peer) bool {
		return !slices.ContainsFunc(profiles, func(p profile.Profile) bool { return p.Kind.Suite() == peer.Suite })
	})
}

// realDisk refuses a folder in memory, because the cost of durability can't be
// measured there.
func realDisk(folder string) (string, error) {
	folder = cmp.Or(folder, os.TempDir())
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return "", fmt.Errorf("cannot inspect the disk of %s: %w", folder, err)
	}
	if fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC {
		return "", fmt.Errorf("%s is in memory, not on a disk: name another folder with -disk", folder)
	}
	return folder, nil
}

// prepare prepares the peers and leaves out those that are not installed.
func prepare(ctx context.Context, selected []peers.Peer, o *options, bin string) ([]peers.Peer, error) {
	var ready []peers.Peer
	for _, peer := range selected {
		switch err := peer.Prepare(ctx, o.source, bin); {
		case errors.Is(err, peers.ErrMissing):
			log.Print(err)
			continue
		case err != nil:
			return nil, err
		}
		if peer.Name == "partychat" {
			peer.Command = append(peer.Command, "-cpuprofile", o.cpuProfile, "-allocprofile", o.allocProfile)
		}
		ready = append(ready, peer)
	}
	if len(ready) == 0 {
		return nil, errors.New("there is no server to measure")
	}
	return ready, nil
}

func write(result *report.Result, o *options) error {
	folder := o.out
	if folder == "" {
		folder = o.source + "/results"
	}
	paths, err := result.Write(folder)
	if err != nil {
		return err
	}
	for _, path := range paths {
		fmt.Println(path)
	}
	return nil
}
