package redis

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

const (
	// laneMax and laneBytes limit the events, and their bytes, that wait to be
	// sent. Events beyond the limit are lost to the other nodes, which are
	// notified.
	laneMax   = 16384
	laneBytes = 16 << 20
	// markedMax is the maximum number of channels that a lane remembers as having
	// lost events. Beyond that, it assumes that all have.
	markedMax = 16384
	// farewell is the time for which Close waits for queued events to be sent.
	farewell = time.Second
)

// lane publishes the events of some groups, in order. While Redis is down it only
// remembers which channels have lost events, and reports them when Redis is up
// again.
type lane struct {
	client *Client
	groups []int
	log    *slog.Logger
	number uint64 // of the last frame that was sent; used by run only

	mu     sync.Mutex // never held while waiting for Redis
	queue  []outgoing
	bytes  int                 // of the queue
	marked map[string]struct{} // channels that have lost events
	all    bool                // all channels may have lost events
	away   bool                // nothing is queued

	wake chan struct{}
}

// outgoing is an event to be published on a channel: type and payload.
type outgoing struct {
	channel, body string
}

func newLane(client *Client, first, n int, log *slog.Logger) *lane {
	l := &lane{client: client, log: log, marked: make(map[string]struct{}), wake: make(chan struct{}, 1)}
	for group := first; group < first+n; group++ {
		l.groups = append(l.groups, group)
	}
	return l
}

// put queues an event, or marks its channel if it cannot.
func (l *lane) put(channel, body string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away || len(l.queue) >= laneMax || l.bytes+len(body) > laneBytes {
		l.mark(channel)
		return
	}
	l.queue = append(l.queue, outgoing{channel, body})
	l.bytes += len(body)
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// mark records that the channel has lost events.
func (l *lane) mark(channel string) {
	switch {
	case l.all:
	case len(l.marked) < markedMax:
		l.marked[channel] = struct{}{}
	default:
		l.all = true
		clear(l.marked)
	}
}

// run publishes until the context ends, and then the rest of the queue.
func (l *lane) run(ctx context.Context) {
	var pause backoff
	for ctx.Err() == nil {
		batch := l.take()
		if len(batch) == 0 {
			select {
			case <-ctx.Done():
			case <-l.wake:
			}
			continue
		}
		if err := l.send(ctx, batch); err != nil {
			l.log.Log(ctx, levelOf(err), "events could not be published", "groups", l.groups, "error", err)
			pause.wait(ctx)
			continue
		}
		pause.reset()
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	for batch := l.take(); len(batch) > 0 && l.send(last, batch) == nil; batch = l.take() {
	}
}

// take returns what to publish next: first the reports of lost events, which also
// probe whether Redis is up again.
func (l *lane) take() []outgoing {
	l.mu.Lock()
	defer l.mu.Unlock()
	var batch []outgoing
	if l.all {
		l.all = false
		for _, group := range l.groups {
			batch = append(batch, outgoing{l.client.channelOfAll(group), typeMissed})
		}
	}
	for channel := range l.marked {
		if len(batch) >= batchMax {
			break
		}
		delete(l.marked, channel)
		batch = append(batch, outgoing{channel, typeMissed})
	}
	if n := min(len(l.queue), batchMax-len(batch)); n > 0 {
		batch = append(batch, l.queue[:n]...)
		clear(l.queue[:n]) // free sent events
		l.queue = l.queue[n:]
		for _, o := range batch[len(batch)-n:] {
			l.bytes -= len(o.body)
		}
	}
	return batch
}

// send publishes a batch. The channels of failed events, and of all events behind them, are marked.
func (l *lane) send(ctx context.Context, batch []outgoing) (err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	commands := make([]rueidis.Completed, len(batch))
	for i, o := range batch {
		commands[i] = l.client.redis.B().Spublish().Channel(o.channel).Message(l.compose(o.body)).Build()
	}
	results := l.client.redis.DoMulti(ctx, commands...)
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, result := range results {
		if e := result.Error(); e != nil {
			err = e
			l.mark(batch[i].channel)
		}
	}
	if l.away = err != nil; l.away {
		for _, o := range l.queue {
			l.mark(o.channel)
		}
		l.queue, l.bytes = nil, 0
	}
	return err
}

// compose encodes the next frame.
func (l *lane) compose(body string) string {
	l.number++
	return frameVersion + " " + l.client.node + " " + strconv.FormatUint(l.number, 36) + " " + body
}
