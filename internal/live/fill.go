package live

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// StartOver replaces changes that the store no longer lists. Handlers must discard
// what they know about the stream and read it again.
type StartOver struct {
	Of  chat.Topic
	Rev int64
}

// Topic returns the stream.
func (e StartOver) Topic() chat.Topic { return e.Of }

// Revision returns the rev after which the stream continues.
func (e StartOver) Revision() int64 { return e.Rev }

// changes are a page of a stream's changes, read from the store.
type changes struct {
	events    []chat.Revised
	rev       int64
	more      bool
	startOver bool
}

// watchHoleLocked starts a goroutine that fills the hole, if there is one. The caller
// holds mu.
func (s *stream) watchHoleLocked() {
	if s.filling || !s.order.behind() || s.streams.ctx.Err() != nil {
		return
	}
	s.filling = true
	s.streams.work.Go(s.fillHoles)
}

// fillHoles returns once no event is missing. A hole that is still open after
// HoleGrace is filled from the store.
func (s *stream) fillHoles() {
	opts := s.streams.opts
	wait, failing := opts.HoleGrace, false
	for {
		_, stuck, _ := s.state()
		if !s.sleep(wait) {
			return
		}
		wait = opts.HoleGrace
		behind, at, known := s.state()
		if !behind {
			return
		}
		if at != stuck {
			continue // the missing event has arrived
		}
		got, err := s.read(at)
		if err != nil {
			if s.streams.ctx.Err() == nil && !failing {
				opts.Log.Warn("cannot fill a hole in a stream yet", "room", s.topic.Room, "user", s.topic.User, "rev", at, "error", err)
			}
			wait, failing = opts.HoleRetry, true
			continue
		}
		failing = false
		if got.startOver {
			got.rev = max(got.rev, known)
			got.events, got.more = []chat.Revised{StartOver{Of: s.topic, Rev: got.rev}}, false
		}
		s.fill(got)
		_, now, _ := s.state()
		switch {
		case got.more:
			wait = 0
		case now == at:
			wait = opts.HoleRetry // the store does not have the change of the event yet
		}
	}
}

// fill delivers changes that were read from the store.
func (s *stream) fill(c changes) {
	s.mu.Lock()
	s.ready = append(s.ready, s.order.fill(c.events, c.rev)...)
	s.mu.Unlock()
	s.deliver()
}

// read returns the changes after a rev. At most readsAtOnce streams read at a time.
func (s *stream) read(since int64) (changes, error) {
	select {
	case s.streams.reading <- struct{}{}:
		defer func() { <-s.streams.reading }()
	case <-s.ended:
		return changes{}, context.Canceled
	case <-s.streams.ctx.Done():
		return changes{}, s.streams.ctx.Err()
	}
	ctx, cancel := context.WithTimeout(s.streams.ctx, readTimeout)
	defer cancel()
	if s.topic.User != 0 {
		return s.streams.userChanges(ctx, s.topic.User, since)
	}
	return s.streams.roomChanges(ctx, s.topic.Room, since)
}

// sleep reports false if the stream, or all of them, ended before the time was over.
func (s *stream) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ended:
		return false
	case <-s.streams.ctx.Done():
		return false
	}
}
