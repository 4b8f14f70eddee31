package redisadapter

import (
	"context"

	"github.com/redis/rueidis"
)

// publication is a message waiting to be published.
type publication struct {
	channel string
	data    []byte
}

const (
	// publicationOverhead is what a publication counts for besides its data, in bytes.
	publicationOverhead = 128
	// batchMax is how many commands are sent to Redis at once.
	batchMax = 256
)

// send queues a message without waiting. It returns ErrTooLarge, ErrQueueFull or ErrClosed, which it
// has logged.
func (l *Link) send(channel string, data []byte) error {
	err := ErrTooLarge
	if len(data) <= l.opts.MaxMessageBytes {
		err = l.outbox.push(publication{channel, data}, len(data)+publicationOverhead)
	}
	if err != nil {
		l.unpublished.add(1, "messages not published", "channel", channel, "bytes", len(data), "error", err)
	}
	return err
}

// publish publishes queued messages in order until the link is closed. It never retries a message: if
// the connection breaks, Redis may have received it.
func (l *Link) publish() {
	var conn rueidis.DedicatedClient
	drop := func() {
		if conn != nil {
			conn.Close()
			conn = nil
		}
	}
	defer drop()
	interruptions := int64(0)
	for {
		all, done := l.outbox.take()
		if all == nil {
			return
		}
		for len(all) > 0 {
			batch := all[:min(len(all), batchMax)]
			all = all[len(batch):]
			// An idle connection does not notice that Redis has restarted, but the subscribing
			// connection does.
			if n := l.interruptions.Load(); n != interruptions {
				drop()
				interruptions = n
			}
			if conn == nil {
				conn, _ = l.redis.Dedicate()
			}
			if !l.publishBatch(conn, batch) {
				drop()
				if l.context.Err() != nil && len(all) > 0 {
					l.unpublished.add(len(all), "messages not published", "error", ErrClosed)
					all = nil
				}
			}
		}
		done()
	}
}

// publishBatch reports whether the connection can be reused.
func (l *Link) publishBatch(conn rueidis.DedicatedClient, batch []publication) bool {
	commands := make([]rueidis.Completed, 0, len(batch))
	for _, p := range batch {
		commands = append(commands, conn.B().Publish().Channel(p.channel).Message(rueidis.BinaryString(p.data)).Build())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.context), l.opts.Timeout)
	defer cancel()
	lost, usable := 0, true
	var last error
	for _, result := range conn.DoMulti(ctx, commands...) {
		if err := result.Error(); err != nil {
			lost, last = lost+1, err
			if _, answered := rueidis.IsRedisErr(err); !answered {
				usable = false
			}
		}
	}
	if lost > 0 {
		l.unpublished.add(lost, "messages not published", "channel", batch[0].channel, "error", last)
	}
	return usable
}
