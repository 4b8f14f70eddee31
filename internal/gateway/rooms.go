package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// watchRoom runs room:watch. It subscribes to the room's events before it reads the
// room, so that no change is lost between the two.
func (g *Gateway) watchRoom(ctx context.Context, p *conn, c wire.RoomCommand) (wire.WatchAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.WatchAnswer{}, err
	}
	room, _, err := g.chat.Rooms.Get(ctx, p.user(), c.Room)
	if err != nil {
		return wire.WatchAnswer{}, err
	}
	// Only members see rooms that are not public, and they get the events anyway.
	if room.Kind != chat.RoomPublic {
		return wire.WatchAnswer{OK: true, Room: wire.RoomOf(room)}, nil
	}
	h, err := g.watch(p, room)
	if err != nil {
		return wire.WatchAnswer{}, err
	}
	if room, _, err = g.chat.Rooms.Get(ctx, p.user(), c.Room); err != nil {
		g.unwatch(p, c.Room)
		return wire.WatchAnswer{}, err
	}
	g.lists.allow(p, h, room.Rev)
	return wire.WatchAnswer{OK: true, Room: wire.RoomOf(room)}, nil
}

// unwatchRoom runs room:unwatch. It is not an error if the room is not watched.
func (g *Gateway) unwatchRoom(_ context.Context, p *conn, c wire.RoomCommand) (wire.Done, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.Done{}, err
	}
	g.unwatch(p, c.Room)
	return wire.Done{OK: true}, nil
}

func (g *Gateway) watch(p *conn, room chat.Room) (*feed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	topic := chat.Topic{Room: room.ID}
	if h := p.feeds[topic]; h != nil && h.watched {
		return h, nil
	}
	if p.looks >= g.opts.Limits.WatchedRooms {
		return nil, chat.ErrorIn("room", chat.CodeTooLarge,
			"A connection may watch at most %d rooms at a time.", g.opts.Limits.WatchedRooms)
	}
	h := p.feeds[topic]
	if h == nil {
		var err error
		if h, _, err = g.lists.listen(p, room.ID, room.Rev, p.live); err != nil {
			return nil, err
		}
	}
	h.watched = true
	p.looks++
	return h, nil
}

// allow notes that the user may look into a room as it is at a rev in the store.
func (l lists) allow(p *conn, h *feed, rev int64) {
	l.streams.Expect(h.channel.topic, rev)
	p.mu.Lock()
	defer p.mu.Unlock()
	h.since = max(h.since, rev)
}

// unwatch reports whether the connection watched the room.
func (g *Gateway) unwatch(p *conn, room chat.RoomID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.feeds[chat.Topic{Room: room}]
	if h == nil || !h.watched {
		return false
	}
	h.watched = false
	p.looks--
	g.lists.settle(p, h)
	return true
}
