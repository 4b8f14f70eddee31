package classic

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
	"partychat/internal/wire"
	"partychat/socketio"
)

// client is a socket that speaks the classic events.
type client struct {
	socket *socketio.Socket
	rate   *rate.Limiter

	named   string              // by the handshake
	address string              // that it comes from
	network string              // that the address is in
	session string              // "" if the user came by a name alone
	quiet   bool                // it receives nothing before its first event
	ended   atomic.Bool         // the session is over, or the user is banned from the server
	since   int64               // seq of the latest message of main that it has, as it says itself
	unknown map[string]struct{} // events of no dialect that it has sent; of its handlers alone

	moving  sync.Mutex  // one at a time changes the room; taken before Classic.mu
	ungreet func() bool // keeps the greeting from beginning, unless it has; of connect and disconnect

	mu       sync.Mutex
	user     chat.User   // zero until it is known
	guest    *guest      // if the user came by a name alone
	nameless bool        // which nobody has chosen
	leave    func()      // of Options.Attend
	hears    chat.UserID // what happens to this user and the session
	speaks   *dialect.Table
	greeted  bool // in that dialect, or in all
	closed   bool
	open     bool                     // it is in main without having gone there; room is 0
	member   bool                     // and its user is a member of it
	room     chat.RoomID              // that it looks at
	joined   int64                    // a rev of the room at which its user was a member
	with     string                   // whom it talks to: see peer
	oldest   int64                    // seq of the oldest message it has been given there
	replayed map[*dialect.Table]int64 // the same of main, by the dialects in which it has heard it
	typing   bool
	follows  map[chat.RoomID]struct{}

	sends []string // clientIds of its messages that are on their way; guarded by Classic.mu
}

// clientOf gives the client of a socket, nil for others.
func clientOf(s *socketio.Socket) *client {
	c, _ := s.Data().(*client)
	return c
}

func (p *client) who() chat.User {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.user
}

// place is the room that the client looks at, 0 if none.
func (p *client) place() chat.RoomID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.room
}

// dialect is what the client speaks, nil before its first event.
func (p *client) dialect() *dialect.Table {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.speaks
}

// guestRetry is when a guest should try again who was one too many for the network
// address.
const guestRetry = 10 * time.Second

// admit is middleware, behind the gateway's: what that has not taken is
// classic if it has a session, or if names are enough here. Nobody else is let in:
// not those without a session, who could only take up room, nor guests whom a link
// let into one room.
func (c *Classic) admit(ctx context.Context, s *socketio.Socket) error {
	if s.Data() != nil {
		return nil
	}
	handshake := s.Handshake()
	p := &client{
		socket: s, rate: rate.NewLimiter(20, 100), named: handshake.Query.Get("username"),
		address: handshake.Address.String(), network: network(handshake.Address), follows: make(map[chat.RoomID]struct{}),
	}
	p.readAuth(handshake.Auth)
	p.quiet = c.opts.Quiet != nil && c.opts.Quiet(s)
	identity, err := c.opts.Auth.Authenticate(ctx, handshake.Header, "")
	switch {
	case err == nil && !c.chat.Classic.Admits(&identity.User):
		return refusal(chat.Errorf(chat.CodeForbidden, "Guests cannot use the classic events on this server. Announce the protocol in auth."))
	case err == nil:
		p.user, p.session = identity.User, identity.Session
	case chat.CodeOf(err) != chat.CodeUnauthenticated:
		c.logFault("authenticating a classic socket", err)
		return refusal(err)
	case !c.chat.Classic.Admits(nil):
		return refusal(err)
	case !s.Restrict(c.opts.GuestPacket):
		return refusal(&chat.Error{
			Code: chat.CodeRateLimited, Message: "Too many guests come from your network address.", RetryAfter: guestRetry,
		})
	}
	s.SetData(p)
	return nil
}

// readAuth takes what pages give when they connect, as far as it has the right types.
func (p *client) readAuth(auth json.RawMessage) {
	var given map[string]json.RawMessage
	if json.Unmarshal(auth, &given) != nil {
		return
	}
	var name string
	if json.Unmarshal(given["username"], &name) == nil && name != "" {
		p.named = name
	}
	var since int64
	if json.Unmarshal(given["serverOffset"], &since) == nil {
		p.since = since
	}
}

// refusal turns an error into what the client gets as its connect_error.
func refusal(err error) error {
	info := wire.ErrorOf(err)
	return &socketio.ConnectError{Message: info.Message, Data: info}
}

// connect takes in a socket that has been admitted.
func (c *Classic) connect(s *socketio.Socket) {
	p := clientOf(s)
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(s.Context(), commandTimeout)
	defer cancel()
	if user := p.who(); user.ID != 0 {
		if !c.accounts.resume(ctx, p, user) {
			return
		}
	} else if p.named != "" {
		if err := c.accounts.name(ctx, p, p.named, true); err != nil {
			c.emit(s, "classicError", wire.ErrorOf(err))
		}
	}
	c.places.attendMain(ctx, p)
	c.greetings.Add(1)
	p.ungreet = c.opts.AfterFunc(c.opts.GreetAfter, func() {
		defer c.greetings.Done()
		c.told.greetSilent(p)
	})
}

// arrive lets the client be the user from now on.
func (c *Classic) arrive(ctx context.Context, p *client, user chat.User, g *guest) error {
	if err := c.accounts.hear(ctx, p, user.ID); err != nil {
		return err
	}
	leave := c.opts.Attend(ctx, user)
	p.mu.Lock()
	p.user, p.guest, p.leave = user, g, leave
	p.mu.Unlock()
	p.socket.Join(userRoom(user.ID))
	return nil
}

// disconnect forgets a socket that has gone; its handlers have all returned.
func (c *Classic) disconnect(s *socketio.Socket, _ socketio.DisconnectReason) {
	p := clientOf(s)
	if p == nil {
		return
	}
	if p.ungreet != nil && p.ungreet() {
		c.greetings.Done()
	}
	c.commands.stopTyping(c.ctx, p)
	p.moving.Lock()
	defer p.moving.Unlock()
	room := p.place()
	c.places.leave(p, room)
	p.mu.Lock()
	p.closed = true
	leave, g := p.leave, p.guest
	followed := make([]chat.RoomID, 0, len(p.follows))
	for id := range p.follows {
		followed = append(followed, id)
	}
	p.mu.Unlock()
	for _, id := range followed {
		c.places.unfollow(p, id)
	}
	c.forget(p)
	c.accounts.unhear(p)
	if g != nil {
		c.names.release(c.ctx, g)
	}
	if leave != nil {
		leave()
	}
}

// forget drops what is kept of the client beside rooms.
func (c *Classic) forget(p *client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.clients, p)
	for _, id := range p.sends {
		delete(c.sending, id)
	}
	p.sends = nil
}
