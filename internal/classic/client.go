package classic

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
	"partychat/socketio"
)

// dialect is which of the three protocols a socket speaks.
type dialect string

const (
	unsettled     dialect = ""
	conversations dialect = "one-to-one"
	rooms         dialect = "rooms"
	lesson        dialect = "lesson"
)

// client is a socket that speaks the classic events.
type client struct {
	socket *socketio.Socket
	rate   *rate.Limiter

	named   string      // by the handshake
	address string      // that it comes from
	session string      // "" if the user came by a name alone
	ended   atomic.Bool // the session is over, or the user is banned from the server

	moving sync.Mutex // one at a time changes the room; taken before Classic.mu

	mu      sync.Mutex
	user    chat.User   // zero until it is known
	guest   *guest      // if the user came by a name alone
	leave   func()      // of Options.Attend
	hears   chat.UserID // what happens to this user and the session
	speaks  dialect
	closed  bool
	room    chat.RoomID // that it looks at
	with    string      // folded name of whom it talks to
	oldest  int64       // seq of the oldest message it has been given there
	typing  bool
	follows map[chat.RoomID]func() // by what each ends
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
		address: handshake.Address.String(), follows: make(map[chat.RoomID]func()),
	}
	var auth struct {
		Username string `json:"username"`
	}
	if err := json.Unmarshal(handshake.Auth, &auth); err == nil && auth.Username != "" {
		p.named = auth.Username
	}
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
	default:
		s.Restrict(c.opts.GuestPacket)
	}
	s.SetData(p)
	return nil
}

// refusal turns an error into what the client gets as its connect_error.
func refusal(err error) error {
	info := chat.InfoOf(err)
	return &socketio.ConnectError{Message: info.Message, Data: info}
}

// greet sends what the three protocols send first.
func (c *Classic) greet(s *socketio.Socket) {
	p := clientOf(s)
	if p == nil {
		return
	}
	ctx, cancel := context.WithTimeout(s.Context(), commandTimeout)
	defer cancel()
	if user := p.who(); user.ID != 0 {
		if !c.resume(ctx, p, user) {
			return
		}
	} else if p.named != "" {
		if err := c.name(ctx, p, p.named, true); err != nil {
			c.emit(s, "classicError", chat.InfoOf(err))
		}
	}
	names, err := c.chat.Classic.Usernames(ctx, greetedUsers)
	if err != nil {
		c.logFault("listing usernames", err)
	}
	online, err := c.chat.Classic.Online(ctx)
	if err != nil {
		c.logFault("listing who is online", err)
	}
	c.attendLesson(ctx, p, names, online)
}

// welcome sends the greeting, and lets the socket hear everything that comes
// after it and nothing before; the lesson only if it may.
func (c *Classic) welcome(p *client, names, online []string, lesson bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.emit(p.socket, "message", "Welcome to PartyChat!")
	c.emit(p.socket, "COUNT_UPDATED", c.count)
	c.emit(p.socket, "usernames", names)
	c.emit(p.socket, "updateUsers", online)
	c.tellOnlineLocked(online)
	c.clients[p] = struct{}{}
	p.socket.Join(everybody)
	if lesson {
		p.socket.Join(lessonRoom)
	}
}

// arrive lets the client be the user from now on.
func (c *Classic) arrive(ctx context.Context, p *client, user chat.User, g *guest) error {
	if err := c.hear(p, user.ID); err != nil {
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
	c.stopTyping(c.ctx, p)
	room := p.place()
	p.mu.Lock()
	p.closed = true
	leave, g, speaks := p.leave, p.guest, p.speaks
	followed := make([]chat.RoomID, 0, len(p.follows))
	for id := range p.follows {
		followed = append(followed, id)
	}
	p.mu.Unlock()
	for _, id := range followed {
		c.unfollow(p, id)
	}
	c.mu.Lock()
	delete(c.clients, p)
	c.mu.Unlock()
	c.unhear(p)
	if g != nil {
		c.names.release(g)
	}
	if leave != nil {
		leave()
	}
	if speaks == rooms && room != 0 {
		c.tellActive(room)
	}
}

// follow makes the client hear a room.
func (c *Classic) follow(ctx context.Context, p *client, room chat.RoomID) error {
	stop, err := c.opts.Messages.Hear(ctx, room)
	if err != nil {
		return err
	}
	if !c.noteFollowing(p, room, stop) {
		stop()
	}
	return nil
}

// noteFollowing is false if the client hears the room already, or has gone.
func (c *Classic) noteFollowing(p *client, room chat.RoomID, stop func()) bool {
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
	c.topics[room].clients[p] = struct{}{}
	p.follows[room] = stop
	return true
}

// unfollow undoes follow.
func (c *Classic) unfollow(p *client, room chat.RoomID) {
	if stop := c.forgetFollowing(p, room); stop != nil {
		stop()
	}
}

func (c *Classic) forgetFollowing(p *client, room chat.RoomID) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if stop = p.follows[room]; stop == nil {
		return nil
	}
	delete(p.follows, room)
	c.topics[room].forget(p)
	if len(c.topics[room].clients) == 0 {
		delete(c.topics, room)
	}
	return stop
}

// settle notes which protocol the client speaks by the first event it sends.
func (c *Classic) settle(p *client, d dialect) bool {
	p.mu.Lock()
	first := p.speaks == unsettled
	if first {
		p.speaks = d
	}
	same := p.speaks == d
	p.mu.Unlock()
	if first && d != lesson {
		p.socket.Leave(lessonRoom)
		c.unfollow(p, chat.MainRoom)
	}
	return same
}

// on handles an event of one protocol. What goes wrong is said in the
// acknowledgement, if the client waits for one, and by classicError.
func (c *Classic) on(d dialect, event string, run func(ctx context.Context, p *client, e *socketio.Event) error) {
	c.sockets.On(event, func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		p := clientOf(s)
		if p == nil || !c.settle(p, d) {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTimeout)
		defer cancel()
		var err error
		switch {
		case p.ended.Load(): // what waited for its turn counts no more
			err = errOver()
		case !p.rate.Allow():
			err = chat.Errorf(chat.CodeRateLimited, "Too many events. Please wait a moment.")
		default:
			err = run(ctx, p, e)
		}
		answer := map[string]any{"ok": err == nil}
		if err != nil {
			c.logFault(event, err)
			answer["error"] = chat.InfoOf(err)
			c.emit(s, "classicError", chat.InfoOf(err))
		}
		if e.WantsAck() {
			_ = e.Ack(answer) // the client may have gone
		}
	})
}

// known gives the user, or says that there is none yet.
func known(p *client) (chat.User, error) {
	user := p.who()
	if user.ID == 0 {
		return user, chat.Errorf(chat.CodeUnauthenticated, "Please log in, or send your name first.")
	}
	return user, nil
}
