//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/mirror"
	"partychat/internal/wire"
	"partychat/test/faults/client"
)

// device is a client of somebody.
type device struct {
	*mirror.Mirror
	connected bool
}

// connect connects a client that is not connected, to another node if it gets a URL.
func (d *device) connect(url string) error {
	if d.connected || d.Ended != "" {
		return nil
	}
	if err := d.Connect(url); err != nil {
		d.Close()
		return err
	}
	d.connected = true
	return nil
}

// citizen is somebody who acts at random. The first of two devices moves between
// nodes, the second stays.
type citizen struct {
	*town
	user     chat.User
	token    string
	session  string // the id of the token's session, if it will end
	second   string // the token of another session, in this case
	random   *rand.Rand
	devices  []*device
	standing map[chat.RoomID]chat.GoneReason // "": a member; otherwise why not any more
	banned   map[chat.RoomID]bool
	pending  *change // whether it took effect is unknown
}

// change is a change of somebody's membership. It can be repeated.
type change struct {
	room    chat.RoomID
	becomes chat.GoneReason
	token   string
	rest    func(context.Context, client.API) error
	direct  func(context.Context, *chat.Chat) error
}

// live acts until the town is over.
func (c *citizen) live() {
	for {
		c.acting.RLock()
		if c.over {
			c.acting.RUnlock()
			return
		}
		c.act(c.ctx)
		c.acting.RUnlock()
		time.Sleep(time.Duration(c.random.IntN(40)) * time.Millisecond) // people take their time
	}
}

// act does one thing at random, and takes in what the clients were sent.
func (c *citizen) act(ctx context.Context) {
	room := c.rooms[c.random.IntN(len(c.rooms))]
	switch n := c.random.IntN(40); {
	case n < 16:
		c.move(ctx, room)
	case n < 26:
		c.command("message:send", wire.SendCommand{Room: room, ClientID: uuid.NewString(), Body: "hello"})
	case n < 32:
		c.command("room:read", wire.ReadCommand{Room: room, Seq: c.random.Int64N(1000)})
	case n < 34:
		name := fmt.Sprintf("room %d", c.random.Int64())
		err := c.ask(ctx, c.mayor.token, func(api client.API) error { return api.Rename(ctx, room, name) },
			func(services *chat.Chat) error {
				_, err := services.Rooms.Change(ctx, c.mayor.user, room, &name, nil)
				return err
			})
		c.did("rename", err)
	case n < 35:
		d := c.devices[0]
		d.Close()
		d.connected = false
		_ = d.connect(c.nodes[c.random.IntN(len(c.nodes))].url) // it may need another try
	}
	for _, d := range c.devices {
		_ = d.connect("") // if it isn't
		if err := c.take(d); err != nil {
			c.t.Logf("a client of %s lost its connection: %v", c.user.Username, err)
		}
	}
}

// command sends a command on the device that stays. It may be refused, for example
// because the user is not in the room.
func (c *citizen) command(name string, argument any) {
	if d := c.devices[1]; d.connected {
		_, _ = d.Command(name, argument)
		c.acts.Add(1)
	}
}

// did counts what was done. Only what was interrupted may fail.
func (c *citizen) did(what string, err error) {
	var refused *client.StatusError
	switch code := chat.CodeOf(err); {
	case err == nil:
		c.acts.Add(1)
	case errors.As(err, &refused) && refused.Status < 500, code != chat.CodeInternal && code != chat.CodeUnavailable:
		c.t.Errorf("%s: %s: %v", c.user.Username, what, err)
	}
}

// move lets the citizen join a room, leave it, be removed from it or be banned from
// it. If the result of the last change is unknown, it is repeated first.
func (c *citizen) move(ctx context.Context, room chat.RoomID) {
	todo := c.pending
	if todo == nil {
		todo = c.next(room)
	}
	c.pending = todo
	err := c.ask(ctx, todo.token, func(api client.API) error { return todo.rest(ctx, api) },
		func(services *chat.Chat) error { return todo.direct(ctx, services) })
	c.did("membership", err)
	if err == nil {
		c.pending = nil
		c.standing[todo.room] = todo.becomes
		c.banned[todo.room] = todo.becomes == chat.GoneBanned
	}
}

// next is a change of the membership in a room.
func (c *citizen) next(room chat.RoomID) *change {
	if reason, known := c.standing[room]; !known || reason != "" {
		return c.joining(room)
	}
	mayor := c.mayor
	switch c.random.IntN(3) {
	case 0:
		return &change{
			room: room, becomes: chat.GoneLeft, token: c.token,
			rest:   func(ctx context.Context, api client.API) error { return api.Unsubscribe(ctx, room) },
			direct: func(ctx context.Context, s *chat.Chat) error { return s.Rooms.Unsubscribe(ctx, c.user, room) },
		}
	case 1:
		return &change{
			room: room, becomes: chat.GoneRemoved, token: mayor.token,
			rest:   func(ctx context.Context, api client.API) error { return api.Remove(ctx, room, c.user.ID) },
			direct: func(ctx context.Context, s *chat.Chat) error { return s.Rooms.Remove(ctx, mayor.user, room, c.user.ID) },
		}
	default:
		return &change{
			room: room, becomes: chat.GoneBanned, token: mayor.token,
			rest: func(ctx context.Context, api client.API) error { return api.Ban(ctx, room, c.user.ID) },
			direct: func(ctx context.Context, s *chat.Chat) error {
				_, _, err := s.Rooms.Ban(ctx, mayor.user, room, c.user.ID)
				return err
			},
		}
	}
}

// joining lifts a ban if there is one, and joins.
func (c *citizen) joining(room chat.RoomID) *change {
	banned, mayor := c.banned[room], c.mayor
	return &change{
		room: room, token: c.token,
		rest: func(ctx context.Context, api client.API) error {
			if banned {
				if err := (client.API{URL: api.URL, Token: mayor.token}).Unban(ctx, room, c.user.ID); err != nil {
					return err
				}
			}
			return api.Subscribe(ctx, room)
		},
		direct: func(ctx context.Context, s *chat.Chat) error {
			if banned {
				if err := s.Rooms.Unban(ctx, mayor.user, room, c.user.ID); err != nil {
					return err
				}
			}
			_, _, err := s.Rooms.Subscribe(ctx, c.user, room)
			return err
		},
	}
}
