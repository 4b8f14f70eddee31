// Command wslib measures the WebSocket libraries that PartyChat's engineio could
// be built on, each in a bare broadcast server and in its best form: with frames
// that are made once for all receivers, written one by one or joined, read by a
// goroutine per connection or by readiness. It is a module of its own, so
// that the program's has only the library that was chosen.
//
//	cd bench/wslib && go run .
//
// It needs Linux and two cores that nothing else uses, takes about five minutes
// and writes DATE-wslib.md with plots into bench/results. The load and the
// figures are those of bench; see the README there.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"partychat/bench/profile"
)

func main() {
	log.SetFlags(log.Ltime)
	out := flag.String("out", "../results", "`folder` to write the result to")
	timing := profile.Timing{Repeats: 1, Warmup: time.Second, Measure: 2 * time.Second, Settle: 10 * time.Second}
	flag.DurationVar(&timing.Measure, "measure", timing.Measure, "load that is counted")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	paths, err := compare(ctx, *out, timing)
	stop()
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range paths {
		fmt.Println(path)
	}
}
