package redis

import (
	"context"
	"errors"
	"log/slog"

	"github.com/redis/rueidis"
)

// batchMax is the maximum number of commands in one batch.
const batchMax = 256

var errMoved = errors.New("the channels have moved to another shard")

// run maintains a connection for the link's topics until the context ends.
func (l *link) run(ctx context.Context) {
	var pause backoff
	for {
		err := l.listen(ctx, pause.reset)
		l.lost()
		if ctx.Err() != nil {
			return
		}
		l.log.Log(ctx, levelOf(err), "the connection to Redis that carries events was lost", "groups", l.groups, "error", err)
		pause.wait(ctx)
	}
}

// listen opens a connection, subscribes to all topics on it, and keeps them up to
// date until the connection is lost. The Redis library does not resubscribe by
// itself. This suits us, because events that were lost in between must be
// reported.
func (l *link) listen(ctx context.Context, connected func()) error {
	conn, _ := l.client.redis.Dedicate()
	defer conn.Close()
	l.mu.Lock()
	l.session++
	session := l.session
	l.mu.Unlock()
	moved := make(chan struct{}, 1)
	ended := conn.SetPubSubHooks(rueidis.PubSubHooks{
		OnMessage: func(m rueidis.PubSubMessage) { l.receive(session, m.Channel, m.Message) },
		OnSubscription: func(s rueidis.PubSubSubscription) {
			if s.Kind == "sunsubscribe" && !l.isLeaving(s.Channel) {
				select {
				case moved <- struct{}{}:
				default:
				}
			}
		},
	})
	if err := l.listenForAll(ctx, conn); err != nil {
		return err
	}
	connected()
	for {
		more, err := l.update(ctx, conn)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-ended:
			return err
		case <-moved:
			return errMoved
		case <-l.wake:
		}
	}
}

// listenForAll subscribes to the channels for messages about all topics of the
// groups.
func (l *link) listenForAll(ctx context.Context, conn rueidis.DedicatedClient) error {
	var commands []rueidis.Completed
	for _, group := range l.groups {
		commands = append(commands, conn.B().Ssubscribe().Channel(l.client.channelOfAll(group)).Build())
	}
	if err := firstError(l.do(ctx, conn, commands)); err != nil {
		return err
	}
	// Redis must have answered before anybody is told to read the state again.
	l.client.answered()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answering = true
	return nil
}

// update sends one batch of changed subscriptions to Redis.
func (l *link) update(ctx context.Context, conn rueidis.DedicatedClient) (more bool, err error) {
	asked, left, more := l.takeChanges()
	if len(asked)+len(left) == 0 {
		return more, nil
	}
	// Use one channel per command: the library cannot distinguish the
	// confirmations of a command with several channels from the message of a
	// shard that gives its channels away.
	commands := make([]rueidis.Completed, 0, len(asked)+len(left))
	for _, t := range asked {
		commands = append(commands, conn.B().Ssubscribe().Channel(t.channel).Build())
	}
	for _, t := range left {
		commands = append(commands, conn.B().Sunsubscribe().Channel(t.channel).Build())
	}
	if err := firstError(l.do(ctx, conn, commands)); err != nil {
		return false, err
	}
	l.settle(asked, left)
	return more, nil
}

// do sends commands in one batch, with a time-out.
func (l *link) do(ctx context.Context, conn rueidis.DedicatedClient, commands []rueidis.Completed) []rueidis.RedisResult {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return conn.DoMulti(ctx, commands...)
}

func firstError(results []rueidis.RedisResult) error {
	for _, result := range results {
		if err := result.Error(); err != nil {
			return err
		}
	}
	return nil
}

// takeChanges returns topics to subscribe to and topics to unsubscribe from.
func (l *link) takeChanges() (asked, left []*topic, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for t := range l.changes {
		if len(asked)+len(left) == batchMax {
			return asked, left, true
		}
		delete(l.changes, t)
		switch {
		case t.subscribers > 0 && t.hearing == silent:
			t.hearing = asking
			asked = append(asked, t)
		case t.subscribers == 0 && t.hearing == heard:
			t.hearing = leaving
			left = append(left, t)
		}
	}
	return asked, left, false
}

// settle records that Redis has confirmed the changes.
func (l *link) settle(asked, left []*topic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answering = true
	for _, t := range asked {
		t.hearing = heard
		if t.confirmed != nil {
			close(t.confirmed)
			t.confirmed = nil
		}
		if t.owed {
			t.owed = false
			l.pushMissed(t)
		}
		if t.subscribers == 0 {
			l.change(t)
		}
	}
	for _, t := range left {
		t.hearing = silent
		if t.subscribers > 0 {
			l.change(t)
		}
		l.dropUnused(t)
	}
}

// isLeaving reports whether this node asked to unsubscribe from the channel.
func (l *link) isLeaving(channel string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.topics[channel]
	return t != nil && t.hearing == leaving
}

// lost records that no topic is subscribed any more. Each topic is subscribed
// again, and then its handler gets Missed.
func (l *link) lost() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answering = false
	l.session++
	for _, t := range l.topics {
		t.hearing = silent
		if t.confirmed != nil {
			close(t.confirmed) // waiting is useless now
			t.confirmed = nil
		}
		if t.subscribers > 0 {
			t.owed = true
			l.change(t)
		}
		l.dropUnused(t)
	}
}

// levelOf returns the log level of an error. Errors that Client.watch reports
// anyway are at level debug: Redis is down, or a cluster is changing.
func levelOf(err error) slog.Level {
	answer, ok := rueidis.IsRedisErr(err)
	if !ok || answer.IsLoading() || answer.IsClusterDown() || answer.IsTryAgain() {
		return slog.LevelDebug
	}
	if _, moved := answer.IsRedirect(); moved {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}
