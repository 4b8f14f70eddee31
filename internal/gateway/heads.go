package gateway

import (
	"context"
	"errors"
	"slices"

	"partychat/internal/chat"
)

// compare puts right what has been delivered, with what fails tried again the
// next time. Users come before rooms: who has left one elsewhere is not to be told
// what has been said in it since. While nothing is heard of other nodes that is
// everybody, but whose sessions are over nobody can ask then.
func (g *Gateway) compare(ctx context.Context) {
	if g.opts.Broker.Hears() {
		g.eachUser(ctx, g.nextInTurn(), g.reload)
	} else {
		users := g.topics.users()
		_ = g.endBanned(ctx, users) // which logs
		g.eachUser(ctx, users, func(ctx context.Context, user *channel) error {
			return g.reloadLists(ctx, user, user.peers())
		})
	}
	_ = g.compareHeads(ctx, g.topics.rooms()) // which logs
}

const (
	// turns is how many comparisons it takes until everybody's session and list have
	// been looked at. A node that dies between a commit and telling of it leaves no
	// trace of an event: so a ban, say, comes into force at last.
	turns = 10
	// userBatch is how many users one question names.
	userBatch = 500
)

// nextInTurn gives those users whose turn it is.
func (g *Gateway) nextInTurn() []chat.UserID {
	g.turn = (g.turn + 1) % turns
	return slices.DeleteFunc(g.topics.users(), func(id chat.UserID) bool { return int64(id)%turns != g.turn })
}

// endBanned disconnects the sockets of those who are banned from the server.
func (g *Gateway) endBanned(ctx context.Context, ids []chat.UserID) error {
	for batch := range slices.Chunk(ids, userBatch) {
		users, err := g.opts.Store.UsersByID(ctx, batch)
		if err != nil {
			g.logFault("reading bans", err)
			return err
		}
		for _, user := range users {
			if c := g.topics.find(chat.Topic{User: user.ID}); user.Banned && c != nil {
				g.endAll(c, chat.EndBanned)
			}
		}
	}
	return nil
}

// compareHeads asks the store how far rooms that somebody here listens to have
// come. A lost event shows as a hole as soon as the next one arrives; a lost
// last one shows only here, or when somebody connects. What is missing is then
// delivered like any other message, so the sockets need no event for it.
func (g *Gateway) compareHeads(ctx context.Context, rooms map[chat.RoomID]*channel) error {
	if len(rooms) == 0 {
		return nil
	}
	ids := make([]chat.RoomID, 0, len(rooms))
	for id := range rooms {
		ids = append(ids, id)
	}
	heads, err := g.opts.Store.Heads(ctx, ids)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			g.opts.Log.Warn("cannot compare rooms with the store", "rooms", len(ids), "error", err)
		}
		return err
	}
	for _, head := range heads {
		g.expect(rooms[head.Room], head.Rev)
	}
	return nil
}

// rooms gives the channels of all rooms.
func (t *topics) rooms() map[chat.RoomID]*channel {
	t.mu.Lock()
	defer t.mu.Unlock()
	rooms := make(map[chat.RoomID]*channel)
	for topic, c := range t.byTopic {
		if topic.Room != 0 {
			rooms[topic.Room] = c
		}
	}
	return rooms
}

// users gives those of whom somebody here is connected.
func (t *topics) users() []chat.UserID {
	t.mu.Lock()
	defer t.mu.Unlock()
	var users []chat.UserID
	for topic := range t.byTopic {
		if topic.User != 0 {
			users = append(users, topic.User)
		}
	}
	return users
}
