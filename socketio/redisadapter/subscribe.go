package redisadapter

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

const (
	backoffMin = 50 * time.Millisecond
	backoffMax = time.Second
)

// listen maintains a connection on which all namespaces are subscribed, until the link is closed. The
// client library does not resubscribe by itself.
func (l *Link) listen() {
	pause := backoffMin
	for {
		heard := false
		err := l.session(&heard)
		l.lost()
		if l.context.Err() != nil {
			return
		}
		if heard {
			pause = backoffMin
		}
		l.opts.Logger.Warn("redisadapter: subscriptions interrupted; events from other processes are lost until they are restored", "error", err)
		// Half of the pause is random, so that processes do not retry simultaneously.
		timer := time.NewTimer(pause/2 + rand.N(pause/2)) //nolint:gosec // not a secret
		select {
		case <-timer.C:
		case <-l.context.Done():
			timer.Stop()
		}
		pause = min(2*pause, backoffMax)
	}
}

// session subscribes on one connection, until it is lost. It sets heard when all subscriptions have
// been confirmed.
func (l *Link) session(heard *bool) error {
	conn, _ := l.redis.Dedicate()
	defer conn.Close()
	ended := conn.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: l.receive})
	for {
		join, leave := l.changes()
		if err := l.update(conn, join, leave); err != nil {
			return err
		}
		l.settle(join)
		*heard = true
		if len(join)+len(leave) > 0 {
			continue
		}
		select {
		case err := <-ended:
			return err
		case <-l.changed:
		case <-l.context.Done():
			return l.context.Err()
		}
	}
}

// changes returns adapters to subscribe and adapters to unsubscribe, at most a batch of them.
func (l *Link) changes() (join, leave []*adapter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.leaving), batchMax)
	leave, l.leaving = l.leaving[:n:n], l.leaving[n:]
	if len(l.leaving) > 0 {
		return nil, leave // a recreated namespace has the same channels as before
	}
	for _, a := range l.adapters {
		if !a.joining && len(join) < batchMax {
			a.joining = true
			join = append(join, a)
		}
	}
	return join, leave
}

// update unsubscribes and subscribes, in this order.
func (l *Link) update(conn rueidis.DedicatedClient, join, leave []*adapter) error {
	var commands []rueidis.Completed
	for _, a := range leave {
		commands = append(commands, conn.B().Punsubscribe().Pattern(a.pattern()).Build())
		for _, channel := range a.channels() {
			commands = append(commands, conn.B().Unsubscribe().Channel(channel).Build())
		}
	}
	for _, a := range join {
		commands = append(commands, conn.B().Psubscribe().Pattern(a.pattern()).Build())
		for _, channel := range a.channels() {
			commands = append(commands, conn.B().Subscribe().Channel(channel).Build())
		}
	}
	if len(commands) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(l.context, l.opts.Timeout)
	defer cancel()
	for _, result := range conn.DoMulti(ctx, commands...) {
		if err := result.Error(); err != nil {
			return err
		}
	}
	return nil
}

// settle records that Redis has confirmed subscriptions.
func (l *Link) settle(join []*adapter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range join {
		a.subscribed = true
	}
	l.confirm()
}

// lost records that nothing is subscribed any more.
func (l *Link) lost() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.adapters {
		a.joining, a.subscribed = false, false
	}
	l.interruptions.Add(1)
	l.leaving = nil
	l.confirm()
}

// leave ends the subscription of an adapter.
func (l *Link) leave(a *adapter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.adapters[a.name] != a {
		return
	}
	delete(l.adapters, a.name)
	delete(l.patterns, a.pattern())
	for _, channel := range a.channels() {
		delete(l.channels, channel)
	}
	if a.joining {
		l.leaving = append(l.leaving, a)
	}
	l.change()
}

// globs escapes the special characters of a pattern.
var globs = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// pattern matches the broadcast channels.
func (a *adapter) pattern() string { return globs.Replace(a.channel) + "*" }

// channels are the channels of requests and responses.
func (a *adapter) channels() []string {
	return []string{a.requestChannel, a.responseChannel, a.ownResponses}
}
