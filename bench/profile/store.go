package profile

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"partychat/bench/load"
	"partychat/bench/party"
	"partychat/bench/stats"
	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// measureStore has the senders append to two databases in turn, so that both meet
// the same conditions of the disk. One uses group commit; the other commits each
// message separately.
func (p *Profile) measureStore(ctx context.Context, folder string, timing Timing, sample *Sample) (err error) {
	together, err := openStore(ctx, filepath.Join(folder, "together"), 0, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, together.store.Close()) }()
	alone, err := openStore(ctx, filepath.Join(folder, "alone"), 1, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, alone.store.Close()) }()
	for _, phase := range []time.Duration{timing.Warmup, timing.Measure} {
		together.reset()
		alone.reset()
		for range storeTurns {
			if err := errors.Join(together.run(ctx, p, phase/storeTurns), alone.run(ctx, p, phase/storeTurns)); err != nil {
				return err
			}
		}
	}
	sample.set(MessagesPerSec, together.rate())
	sample.set(OneByOne, alone.rate())
	sample.set(Times, together.rate()/alone.rate())
	sample.set(P50, milliseconds(together.latency.Quantile(0.5)))
	sample.set(P99, milliseconds(together.latency.Quantile(0.99)))
	return nil
}

// storeTurns is the number of turns of each database.
const storeTurns = 10

// storeRun is a database with the results of its appends.
type storeRun struct {
	store   *sqlite.Store
	members []load.Member
	authors []chat.UserID
	count   int
	wall    time.Duration
	latency stats.Histogram
}

// openStore creates a database. Batch is the maximum number of messages per commit;
// 0 is the program's default.
func openStore(ctx context.Context, folder string, batch int, p *Profile) (*storeRun, error) {
	store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(folder, "chat.db"), Batch: batch})
	if err != nil {
		return nil, err
	}
	r := &storeRun{store: store}
	if r.members, err = party.Gather(ctx, store, store, p.Clients, p.Rooms, p.Lists); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	for i := range r.members {
		user, _, err := store.Credentials(ctx, party.Name(i))
		if err != nil {
			return nil, errors.Join(err, store.Close())
		}
		r.authors = append(r.authors, user.ID)
	}
	return r, nil
}

func (r *storeRun) reset() {
	r.count, r.wall = 0, 0
	r.latency.Reset()
}

func (r *storeRun) rate() float64 { return float64(r.count) / r.wall.Seconds() }

// run has each sender append a message as soon as its previous one is durable.
func (r *storeRun) run(ctx context.Context, p *Profile, d time.Duration) error {
	body := strings.Repeat("x", p.Size)
	began := time.Now()
	took := make([][]time.Duration, p.Senders)
	errs := make([]error, p.Senders)
	var stop atomic.Bool
	defer time.AfterFunc(d, func() { stop.Store(true) }).Stop()
	var senders sync.WaitGroup
	for i := range p.Senders {
		senders.Go(func() {
			for !stop.Load() && errs[i] == nil {
				start := time.Now()
				errs[i] = r.append(ctx, i, body)
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	senders.Wait()
	r.wall += time.Since(began)
	for _, some := range took {
		r.count += len(some)
		for _, one := range some {
			r.latency.Record(one)
		}
	}
	return errors.Join(errs...)
}

func (r *storeRun) append(ctx context.Context, sender int, body string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, created, err := r.store.AppendMessage(ctx, &chat.NewMessage{
		Room: chat.RoomID(r.members[sender].Room), ClientID: id.String(), Author: r.authors[sender],
		Kind: chat.MessageText, Body: body, CreatedAt: time.Now(),
	})
	if err == nil && !created {
		err = fmt.Errorf("profile: message of sender %d was mistaken for another one", sender)
	}
	return err
}
