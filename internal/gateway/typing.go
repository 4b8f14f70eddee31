package gateway

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

const (
	// typingFor is how long one typing:start lasts. A client repeats it at
	// most every 3 seconds, so one that is late is not missed.
	typingFor = 6 * time.Second
	// typingAgain is how soon another one for the same room is passed on.
	typingAgain = 2 * time.Second
	// Who starts and stops all the time is passed on this often at most.
	typingPerSecond, typingBurst = 2, 10
)

// typing has the rooms in which the user of one connection is typing; guarded by
// conn.mu.
type typing struct {
	since map[chat.RoomID]time.Time
	rate  *rate.Limiter
}

func newTyping() typing {
	return typing{since: make(map[chat.RoomID]time.Time), rate: rate.NewLimiter(typingPerSecond, typingBurst)}
}

// start reports whether to publish the event.
func (t *typing) start(room chat.RoomID, now time.Time) bool {
	if since, ok := t.since[room]; ok && now.Sub(since) < typingAgain || !t.rate.AllowN(now, 1) {
		return false
	}
	t.since[room] = now
	return true
}

// stop reports whether the user was typing in the room.
func (t *typing) stop(room chat.RoomID) bool {
	_, ok := t.since[room]
	delete(t.since, room)
	return ok
}

// startTyping runs typing:start.
func (g *Gateway) startTyping(ctx context.Context, p *conn, c wire.RoomCommand) (wire.Done, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.Done{}, err
	}
	p.mu.Lock()
	pass := p.typing.start(c.Room, time.Now())
	p.mu.Unlock()
	if !pass {
		return wire.Done{OK: true}, nil
	}
	if err := g.chat.Messages.Typing(ctx, p.user(), c.Room, typingFor); err != nil {
		p.mu.Lock()
		p.typing.stop(c.Room)
		p.mu.Unlock()
		return wire.Done{}, err
	}
	// The user may have left the room after the membership was checked.
	p.mu.Lock()
	h := p.feeds[chat.Topic{Room: c.Room}]
	left := h == nil || !h.followed
	p.mu.Unlock()
	if left {
		g.endTyping(ctx, p, c.Room)
		g.chat.Messages.StopTyping(ctx, p.user(), c.Room)
	}
	return wire.Done{OK: true}, nil
}

// stopTyping runs typing:stop. It is not an error if the user is not typing.
func (g *Gateway) stopTyping(ctx context.Context, p *conn, c wire.RoomCommand) (wire.Done, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.Done{}, err
	}
	g.endTyping(ctx, p, c.Room)
	return wire.Done{OK: true}, nil
}

// endTyping publishes that the user has stopped typing at this connection, if the user
// was.
func (g *Gateway) endTyping(ctx context.Context, p *conn, room chat.RoomID) {
	p.mu.Lock()
	stopped := p.typing.stop(room)
	p.mu.Unlock()
	if stopped {
		g.chat.Messages.StopTyping(ctx, p.user(), room)
	}
}

// endAllTyping is endTyping for every room.
func (g *Gateway) endAllTyping(ctx context.Context, p *conn) {
	p.mu.Lock()
	rooms := slices.Collect(maps.Keys(p.typing.since))
	p.mu.Unlock()
	for _, room := range rooms {
		g.endTyping(ctx, p, room)
	}
}

// deliverTyping sends room:typing to a room's connections, except those of the user who
// types and those to which ready has not been sent yet.
func (g *Gateway) deliverTyping(c *channel, e chat.Typing) {
	others := c.to.Except(nameOf(chat.Topic{User: e.User.ID}))
	if err := others.Emit(wire.EventRoomTyping, wire.RoomTypingOf(e)); err != nil {
		g.opts.Log.Error("cannot send an event", "event", wire.EventRoomTyping, "error", err)
	}
}
