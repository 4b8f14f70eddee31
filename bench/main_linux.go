// Command bench measures PartyChat's Socket.IO server and others under the
// same load. See README.md beside it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

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

// options are what the command line can say.
type options struct {
	profiles, peers string
	name            string
	out, source     string
	cpuProfile      string
	allocProfile    string
	timing          profile.Timing
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar(&o.profiles, "profiles", "quick", "what to measure: `names` of profiles, or of the presets full, quick, broadcast, steady and connect")
	flags.StringVar(&o.peers, "peers", "partychat,node-ws,node-eiows,bare", "`names` of the servers to measure")
	flags.StringVar(&o.name, "name", "run", "`name` of the result")
	flags.StringVar(&o.out, "out", "", "`folder` to write the result to; default: results, below -source")
	flags.StringVar(&o.source, "source", "bench", "`folder` of this program's source")
	flags.IntVar(&o.timing.Repeats, "repeats", 3, "how often to measure each")
	flags.DurationVar(&o.timing.Warmup, "warmup", 2*time.Second, "load that is not counted")
	flags.DurationVar(&o.timing.Measure, "measure", 3*time.Second, "load that is counted")
	flags.DurationVar(&o.timing.Settle, "settle", time.Minute, "wait before memory is looked at")
	flags.StringVar(&o.cpuProfile, "cpuprofile", "", "have PartyChat's server write a CPU profile to this `file`, anew at each run")
	flags.StringVar(&o.allocProfile, "allocprofile", "", "the same for allocations; costs time")
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
		log.Print("There is one core only: server and load share it, and the figures are of little use.")
	case err != nil:
		log.Printf("Server and load cannot be pinned to cores of their own (%v): the figures vary more.", err)
	default:
		r.cores = &cores
	}
	bin, err := os.MkdirTemp("", "partychat-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	if r.peers, err = prepare(ctx, selected, o, bin); err != nil {
		return err
	}
	result := &report.Result{
		Name: o.name, Date: time.Now(), Machine: proc.Describe(ctx), Cores: r.cores, Timing: o.timing,
	}
	if result.Entries, err = r.run(ctx, profiles); err != nil {
		return err
	}
	return write(result, o)
}

// prepare makes the peers ready and leaves out those that are not installed.
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
