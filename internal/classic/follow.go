package classic

import (
	"context"

	"partychat/internal/chat"
)

// follow subscribes the client to a room.
func (c places) follow(ctx context.Context, p *client, room chat.RoomID) error {
	stop, err := c.opts.Messages.Hear(ctx, room)
	if err != nil {
		return err
	}
	if !c.places.noteFollowing(p, room, stop) {
		stop()
	}
	return nil
}

// noteFollowing returns false if the client is subscribed already or has disconnected.
func (c places) noteFollowing(p *client, room chat.RoomID, stop func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.follows[room] != nil || p.closed {
		return false
	}
	if c.topics[room] == nil {
		c.topics[room] = newTopic()
	}
	c.topics[room].seats[p] = p.speaks
	p.follows[room] = stop
	return true
}

// unfollow undoes follow.
func (c places) unfollow(p *client, room chat.RoomID) {
	if stop := c.places.forgetFollowing(p, room); stop != nil {
		stop()
	}
}

func (c places) forgetFollowing(p *client, room chat.RoomID) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if stop = p.follows[room]; stop == nil {
		return nil
	}
	delete(p.follows, room)
	c.topics[room].forget(p)
	if len(c.topics[room].seats) == 0 {
		delete(c.topics, room)
	}
	return stop
}
