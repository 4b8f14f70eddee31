package classic

import (
	"context"

	"partychat/internal/chat"
)

// follow subscribes the client to a room.
func (c places) follow(ctx context.Context, p *client, room chat.RoomID) error {
	if err := c.opts.Streams.FollowRoomFromHead(ctx, room); err != nil {
		return err
	}
	if !c.places.noteFollowing(p, room) {
		c.opts.Streams.Unfollow(chat.Topic{Room: room})
	}
	return nil
}

// noteFollowing returns false if the client is subscribed already or has disconnected.
func (c places) noteFollowing(p *client, room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, follows := p.follows[room]; follows || p.closed {
		return false
	}
	if c.topics[room] == nil {
		c.topics[room] = newTopic()
	}
	c.topics[room].seats[p] = p.speaks
	p.follows[room] = struct{}{}
	return true
}

// unfollow undoes follow.
func (c places) unfollow(p *client, room chat.RoomID) {
	if c.places.forgetFollowing(p, room) {
		c.opts.Streams.Unfollow(chat.Topic{Room: room})
	}
}

func (c places) forgetFollowing(p *client, room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, follows := p.follows[room]; !follows {
		return false
	}
	delete(p.follows, room)
	c.topics[room].forget(p)
	if len(c.topics[room].seats) == 0 {
		delete(c.topics, room)
	}
	return true
}
