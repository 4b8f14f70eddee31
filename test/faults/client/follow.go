package client

import (
	"encoding/json"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/test/faults/check"
)

// greeted handles ready: it resumes sending and requests the changes of rooms whose
// head is beyond the known rev. The caller holds c.mu.
func (c *Client) greeted(ready wire.Ready) {
	if c.ready {
		c.fail("ready came twice")
	}
	c.ready = true
	c.connects++
	if ready.User.ID != c.opts.User {
		c.fail("ready is for user %d, not %d", ready.User.ID, c.opts.User)
	}
	for _, l := range c.lanes {
		c.pump(l)
	}
	c.watch()
	if c.opts.Blind {
		return
	}
	c.greetedWithout(ready)
	for i := range ready.Subscriptions {
		sub := &ready.Subscriptions[i]
		t := c.timelines[sub.ID]
		if t == nil {
			t = &timeline{room: sub.ID, reader: c.opts.Name}
			c.timelines[sub.ID] = t
		}
		t.heard(sub.Rev)
		c.follow(t)
	}
}

// put handles a live message. The caller holds c.mu.
func (c *Client) put(m *wire.Message) {
	if !c.ready {
		c.fail("message:put of room %d came before ready", m.Room)
	}
	if c.lost[m.Room] {
		c.fail("room %d: rev %d came after the room had gone", m.Room, m.Rev)
	}
	l := c.live[m.Room]
	if l == nil {
		l = &check.Live{}
		c.live[m.Room] = l
	}
	holes, disorder := l.Holes, l.Disorder
	l.Put(m.Rev)
	c.holes += l.Holes - holes
	if l.Disorder > disorder {
		c.fail("room %d: rev %d arrived live after a higher one", m.Room, m.Rev)
	}
	if t := c.timelines[m.Room]; t != nil {
		t.put(m)
		c.follow(t)
	}
}

// follow requests what is missing, one request at a time. The caller holds c.mu.
func (c *Client) follow(t *timeline) {
	switch {
	case !c.ready, c.lost[t.room]:
	case !t.loaded && !t.loading:
		t.loading = true
		c.work.Go(func() { c.load(t) })
	case t.loaded && !t.syncing && t.behind():
		t.syncing = true
		c.syncs++
		c.ask("room:sync", wire.SyncCommand{Room: t.room, Since: t.known}, func(raw json.RawMessage) { c.synced(t, raw) })
	}
}

// synced handles the answer of room:sync. The caller holds c.mu.
func (c *Client) synced(t *timeline, raw json.RawMessage) {
	var answer struct {
		wire.SyncAnswer
		Error wire.ErrorInfo
	}
	if !c.decode("the answer of room:sync", raw, &answer) {
		return
	}
	if answer.OK {
		t.changed(answer.Changes)
		c.follow(t)
		return
	}
	c.refusals[answer.Error.Code]++
	if c.mayRefuse(answer.Error.Code) {
		return
	}
	if answer.Error.Code != chat.CodeUnavailable && answer.Error.Code != chat.CodeRateLimited {
		c.fail("room:sync was refused: %s: %s", answer.Error.Code, answer.Error.Message)
		return
	}
	c.again(c.socket, func() {
		t.syncing = false
		c.follow(t)
	})
}

// load reads the newest page, and retries until it succeeds.
func (c *Client) load(t *timeline) {
	for {
		page, err := c.api().Page(c.ctx, t.room, 0)
		if err == nil {
			c.mu.Lock()
			t.load(page)
			c.follow(t)
			c.mu.Unlock()
			return
		}
		if c.wasRefused(err) || !c.sleep(jitter(c.opts.MaxDelay)) {
			return
		}
	}
}
