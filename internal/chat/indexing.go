package chat

import (
	"context"
	"time"
)

// Indexing is how much of a node's time adding messages to the search index may take.
// The zero value takes the defaults in the comments.
type Indexing struct {
	Batch int // messages added in one transaction; default 200
	// Share is how many percent of the time adding takes at most, and Busy the same
	// while messages are sent faster than BusyRate per second; default 50, 3 and 200.
	Share, Busy int
	BusyRate    int
	// Gather is how long new messages wait for others that are added with them; default
	// 200 ms. Searches find them anyway.
	Gather time.Duration
	// Compare is the interval between two looks through all rooms; default 30 s.
	Compare time.Duration
}

func (o Indexing) withDefaults() Indexing {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&o.Batch, 200)
	set(&o.Share, 50)
	set(&o.Busy, 3)
	set(&o.BusyRate, 200)
	if o.Gather == 0 {
		o.Gather = 200 * time.Millisecond
	}
	if o.Compare == 0 {
		o.Compare = 30 * time.Second
	}
	return o
}

// Index adds messages to the search index until ctx ends. It trails the commits of new
// messages, and adds the history of a database that had no index. It retries failures,
// and passes the first of several in a row to fail.
func Index(ctx context.Context, store MessageSearchStore, options Indexing, fail func(error)) {
	i := indexer{store: store, options: options.withDefaults(), fail: fail}
	for ctx.Err() == nil {
		pause := i.step(ctx)
		i.wait(ctx, pause)
	}
}

// indexer is one Index in progress.
type indexer struct {
	store    MessageSearchStore
	options  Indexing
	fail     func(error)
	compared time.Time
	last     int64     // stored at the last look
	looked   time.Time // when that was
	busy     bool
	failing  bool
}

// step adds a batch, and returns how long to rest; 0 means until there is something to
// do.
func (i *indexer) step(ctx context.Context) (rest time.Duration) {
	began := time.Now()
	if began.Sub(i.compared) >= i.options.Compare {
		if err := i.store.CompareIndex(ctx); err != nil {
			return i.failed(ctx, err)
		}
		i.compared = began
	}
	n, err := i.store.IndexMessages(ctx, i.options.Batch)
	if err != nil {
		return i.failed(ctx, err)
	}
	i.failing = false
	if n == 0 {
		return 0
	}
	share := i.options.Share
	if i.isBusy() {
		share = i.options.Busy
	}
	took := time.Since(began)
	return max(time.Millisecond, took*time.Duration(100-share)/time.Duration(share))
}

// retryIndexing is how long to wait after a failure.
const retryIndexing = 5 * time.Second

func (i *indexer) failed(ctx context.Context, err error) time.Duration {
	if ctx.Err() == nil && !i.failing {
		i.fail(err)
	}
	i.failing = true
	return retryIndexing
}

// busyWindow is how long the rate of messages is measured.
const busyWindow = 200 * time.Millisecond

// isBusy reports whether messages are sent fast.
func (i *indexer) isBusy() bool {
	now := time.Now()
	if passed := now.Sub(i.looked); passed >= busyWindow {
		sent := i.store.StoredMessages()
		i.busy = float64(sent-i.last) > float64(i.options.BusyRate)*passed.Seconds()
		i.last, i.looked = sent, now
	}
	return i.busy
}

// wait rests, or waits for new messages and then for others that follow them.
func (i *indexer) wait(ctx context.Context, rest time.Duration) {
	if rest == 0 {
		timer := time.NewTimer(i.options.Compare)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-i.store.Unindexed():
		}
		timer.Stop()
		rest = i.options.Gather
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
