package classic

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"partychat/internal/chat"
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
	c.emit(p.socket, "classicError", chat.InfoOf(errOver()))
	p.socket.Disconnect(true)
}

func errOver() error {
	return chat.Errorf(chat.CodeUnauthenticated, "Your session has ended. Please log in.")
}

// endBanned tells a client that its user is banned from the server and disconnects it
// for good.
func (c accounts) endBanned(p *client) {
	p.ended.Store(true)
	c.emit(p.socket, "classicError", chat.InfoOf(chat.ErrBannedFromServer()))
	p.socket.Disconnect(true)
}

// hear subscribes the client to what happens to its user and session. The broker may be
// slow; nobody else waits for it.
func (c accounts) hear(p *client, user chat.UserID) error {
	if !c.accounts.noteHearing(p, user) {
		return nil
	}
	err := c.opts.Broker.Subscribe(c.ctx, chat.Topic{User: user})
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
		c.opts.Broker.Unsubscribe(chat.Topic{User: user})
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
func (c accounts) deliverToUser(event chat.Event) {
	clients := c.accounts.clientsOf(event.Topic().User)
	switch e := event.(type) {
	case chat.Missed:
		if len(clients) > 0 {
			c.missed.Add(e.Of.User)
		}
	case chat.SessionEnded:
		for _, p := range clients {
			if p.session == e.Session {
				c.accounts.end(p)
			}
		}
	case chat.UserBanned:
		if len(clients) > 0 {
			c.accounts.endIfBanned(e.User, clients)
		}
	case chat.SubscriptionGone:
		c.accounts.lostBy(e.User, e)
	case chat.UserPut:
		for _, p := range clients {
			p.become(e.User)
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

// lost handles that the client's user has lost a room.
func (c accounts) lost(p *client, e chat.SubscriptionGone) {
	c.places.leftElsewhere(c.ctx, p, e.Room, e.Reason)
	if e.Room == chat.MainRoom {
		c.places.lookAtMain(p)
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

// catchUp compares users with the store and returns those who could not be compared.
// Messages catch up in the gateway.
func (c accounts) catchUp(ctx context.Context, users []chat.UserID) (again []chat.UserID) {
	for _, user := range users {
		for _, p := range c.accounts.clientsOf(user) {
			if err := c.accounts.reload(ctx, p, user); err != nil {
				c.logFault("comparing a classic socket with the store", err)
				again = append(again, user)
				break
			}
		}
	}
	return again
}

// reload disconnects the client if its session is over, and otherwise does what
// reloadUser does. A connected client has been activity while the sessions could not be
// reached, so reload counts that first.
func (c accounts) reload(ctx context.Context, p *client, user chat.UserID) error {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	if p.session != "" {
		if _, err := c.opts.Auth.Touch(ctx, []string{p.session}); err != nil {
			return err
		}
		_, err := c.opts.Auth.Identify(ctx, p.session)
		switch {
		case chat.CodeOf(err) == chat.CodeUnauthenticated:
			c.accounts.end(p)
			return nil
		case err != nil:
			return err
		}
	}
	return c.accounts.reloadUser(ctx, p, user)
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
	if room := p.place(); room != 0 {
		c.places.leftElsewhere(ctx, p, room, unheard)
	}
	return c.places.leaveMain(ctx, p)
}

// turns is the number of comparisons in which every user is compared once.
const turns = 5

// compare looks for events that were lost without notice because their node died before
// publishing them. Each time it compares a part of the users. While this node receives
// nothing from the others it compares all users, but not their sessions, which cannot be
// read then.
func (c accounts) compare(ctx context.Context) {
	c.turn = (c.turn + 1) % turns
	hears := c.opts.Broker.Hears()
	for _, user := range c.accounts.userIDs() {
		if hears {
			if int64(user)%turns == c.turn {
				c.missed.Add(user)
			}
			continue
		}
		for _, p := range c.accounts.clientsOf(user) {
			if err := c.accounts.reloadUser(ctx, p, user); err != nil {
				c.logFault("comparing a classic socket with the store", err)
				return
			}
		}
	}
}

// userIDs returns the users who have sockets.
func (c accounts) userIDs() []chat.UserID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.users))
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
