package classic

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

const (
	// touchBatch is how many sessions one call of Touch names.
	touchBatch = 500
	// touchRetry is how soon Touch is called again after it has failed.
	touchRetry = 5 * time.Second
)

// resume lets the client act as the user of its session, unless the session is over. It
// reads the session again after subscribing to its end, because the session may have
// ended between admission and subscription.
func (c accounts) resume(ctx context.Context, p *client, user chat.User) bool {
	err := c.arrive(ctx, p, user, nil)
	if err == nil {
		_, err = c.opts.Auth.Authenticate(ctx, p.socket.Handshake().Header, "")
	}
	switch {
	case err == nil:
		return true
	case chat.CodeOf(err) == chat.CodeUnauthenticated:
		c.accounts.end(p)
	default:
		c.logFault("reading the session of a classic socket", err)
		p.socket.Session().Drop("forced close")
	}
	return false
}

// end tells a client that its session is over and disconnects it for good.
func (c accounts) end(p *client) {
	p.ended.Store(true)
	c.emit(p.socket, "classicError", wire.ErrorOf(errOver()))
	p.socket.Disconnect(true)
}

func errOver() error {
	return chat.Errorf(chat.CodeUnauthenticated, "Your session has ended. Please log in.")
}

// endBanned tells a client that its user is banned from the server and disconnects it
// for good.
func (c accounts) endBanned(p *client) {
	p.ended.Store(true)
	c.emit(p.socket, "classicError", wire.ErrorOf(chat.ErrBannedFromServer()))
	p.socket.Disconnect(true)
}

// hear subscribes the client to what happens to its user and session. The broker may be
// slow; nobody else waits for it.
func (c accounts) hear(ctx context.Context, p *client, user chat.UserID) error {
	if !c.accounts.noteHearing(p, user) {
		return nil
	}
	err := c.opts.Streams.FollowUserFromHead(ctx, user)
	if err != nil {
		c.accounts.forgetHearing(p)
	}
	return err
}

// noteHearing returns false if the client is subscribed already or has disconnected.
func (c accounts) noteHearing(p *client, user chat.UserID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.hears != 0 {
		return false
	}
	if c.users[user] == nil {
		c.users[user] = make(map[*client]struct{})
	}
	c.users[user][p] = struct{}{}
	p.hears = user
	return true
}

// unhear undoes hear. Call it after hear has returned.
func (c accounts) unhear(p *client) {
	if user := c.accounts.forgetHearing(p); user != 0 {
		c.opts.Streams.Unfollow(chat.Topic{User: user})
	}
}

func (c accounts) forgetHearing(p *client) (user chat.UserID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	user, p.hears = p.hears, 0
	if user == 0 {
		return 0
	}
	delete(c.users[user], p)
	if len(c.users[user]) == 0 {
		delete(c.users, user)
	}
	return user
}

// clientsOf lists the sockets of a user.
func (c accounts) clientsOf(user chat.UserID) []*client {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*client, 0, len(c.users[user]))
	for p := range c.users[user] {
		list = append(list, p)
	}
	return list
}

// deliverToUser handles an event of a user.
func (c accounts) deliverToUser(user chat.UserID, event chat.Revised) {
	clients := c.accounts.clientsOf(user)
	if len(clients) == 0 {
		return
	}
	switch e := event.(type) {
	case chat.SessionEnded:
		for _, p := range clients {
			if p.session == e.Session {
				c.accounts.end(p)
			}
		}
	case chat.UserBanned:
		c.accounts.endIfBanned(user, clients)
	case chat.UserPut:
		for _, p := range clients {
			p.become(e.User)
		}
	}
}

// lookAgain asks the store about the clients of a user, or those in a room, of which
// more has happened than can be told.
func (c accounts) lookAgain(of chat.Topic) {
	clients := c.accounts.clientsOf(of.User)
	if of.Room != 0 {
		clients = c.seated(of.Room)
	}
	for _, p := range clients {
		ctx, cancel := context.WithTimeout(c.ctx, commandTimeout)
		var err error
		if user := p.who().ID; user != 0 {
			err = c.accounts.reloadUser(ctx, p, user)
		} else {
			err = c.places.leaveMain(ctx, p)
		}
		cancel()
		if err != nil {
			c.logFault("comparing a classic socket with the store", err)
			p.socket.Session().Drop("forced close")
		}
	}
}

// endIfBanned disconnects the user's clients if the store says that the user is banned.
// If the store cannot be read, it cuts their connections: they reconnect and are checked
// then.
func (c accounts) endIfBanned(user chat.UserID, clients []*client) {
	ctx, cancel := context.WithTimeout(c.ctx, commandTimeout)
	defer cancel()
	_, err := c.chat.Classic.Now(ctx, user)
	switch chat.CodeOf(err) {
	case "":
		return
	case chat.CodeForbidden:
		for _, p := range clients {
			c.accounts.endBanned(p)
		}
	default:
		c.logFault("reading bans", err)
		for _, p := range clients {
			p.socket.Session().Drop("forced close")
		}
	}
}

// become makes a client that has arrived act as the present state of its user.
func (p *client) become(user chat.User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.user.ID == user.ID {
		p.user = user
	}
}

// reloadUser disconnects the client if its user is banned from the server, and removes
// the client from its room if the user is no longer a member.
func (c accounts) reloadUser(ctx context.Context, p *client, id chat.UserID) error {
	user, err := c.chat.Classic.Now(ctx, id)
	switch {
	case chat.CodeOf(err) == chat.CodeForbidden:
		c.accounts.endBanned(p)
		return nil
	case err != nil:
		return err
	}
	p.become(user)
	c.places.look(ctx, p)
	return c.places.leaveMain(ctx, p)
}

// touch counts the sockets as activity on their sessions, disconnects those of sessions
// that no longer exist, and returns the time until the next touch.
func (c accounts) touch(ctx context.Context) (again time.Duration) {
	sessions := c.accounts.sessions()
	for batch := range slices.Chunk(slices.Collect(maps.Keys(sessions)), touchBatch) {
		gone, err := c.opts.Auth.Touch(ctx, batch)
		for _, id := range gone {
			for _, p := range sessions[id] {
				c.accounts.end(p)
			}
		}
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				c.opts.Log.Warn("cannot extend the sessions of classic sockets", "error", err)
			}
			return min(touchRetry, c.opts.TouchInterval)
		}
	}
	return c.opts.TouchInterval
}

// sessions returns the sockets of each session.
func (c accounts) sessions() map[string][]*client {
	c.mu.Lock()
	defer c.mu.Unlock()
	sessions := make(map[string][]*client)
	for p := range c.clients {
		if p.session != "" {
			sessions[p.session] = append(sessions[p.session], p)
		}
	}
	return sessions
}
