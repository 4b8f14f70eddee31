package classic

import (
	"context"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// say stores what the client has written, or its location, in the room that it is in.
func (c commands) say(ctx context.Context, k *call) error {
	input, err := said(k)
	if err != nil {
		return err
	}
	user := k.p.who()
	if input.Room, err = c.commands.roomToWriteIn(ctx, k, user); err != nil {
		return err
	}
	sent := &sending{by: k.p, keep: k.action.Keep}
	// Official clients refuse events with many attachments, so objects with binary parts
	// are not passed on.
	if len(k.args) > 0 && k.size <= c.opts.RelayMax && !k.binary {
		sent.object, _ = k.args[0].(map[string]any)
	}
	c.told.send(input.ClientID, sent)
	c.nodes.relayTo(ctx, input.Room, input.ClientID, sent)
	message, _, err := c.chat.Messages.Send(ctx, user, input)
	if err != nil {
		c.told.unsent(input.ClientID)
		return err
	}
	k.answer = valuesOf(*message)
	c.commands.stopTyping(ctx, k.p)
	return nil
}

// said reads what is to be stored.
func said(k *call) (chat.SendInput, error) {
	input := chat.SendInput{ClientID: uuid.NewString()}
	if k.action.Do == dialect.Say {
		path := k.action.Fields[dialect.FieldText]
		input.Body = k.action.Text(dialect.FieldText, k.args)
		if input.Body == "" && path.Find(k.args) != "" {
			return input, chat.ErrorIn("text", chat.CodeInvalid, "%s needs a text (%s).", shortened(k.event), path)
		}
		return input, nil
	}
	latitude, north := k.action.Number(dialect.FieldLatitude, k.args)
	longitude, east := k.action.Number(dialect.FieldLongitude, k.args)
	if !north || !east {
		return input, chat.ErrorIn("location", chat.CodeInvalid, "%s needs a latitude (%s) and a longitude (%s).", shortened(k.event),
			k.action.Fields[dialect.FieldLatitude], k.action.Fields[dialect.FieldLongitude])
	}
	input.Kind = chat.MessageLocation
	input.Location = &chat.Location{Latitude: latitude, Longitude: longitude, Time: time.Now()}
	return input, nil
}

// roomToWriteIn gives the room that the client is in. Pages that go into none are in
// main; so are those that write before they have gone into one, unless they have to
// say a name first. A room that the event names must be the one.
func (c commands) roomToWriteIn(ctx context.Context, k *call, user chat.User) (chat.RoomID, error) {
	if k.table.Open() {
		return chat.MainRoom, c.places.inMain(ctx, k.p, user)
	}
	room, named := k.p.place(), k.action.Text(dialect.FieldRoom, k.args)
	switch {
	case room != 0 && (named == "" || c.places.isCalled(room, named)):
		return room, nil
	case room == 0 && !k.table.Named:
		sub, err := c.places.join(ctx, user, named)
		if err != nil {
			return 0, err
		}
		return sub.ID, c.commands.enterAs(ctx, k, user, sub)
	case room == 0 && k.table.Converses():
		return 0, chat.Errorf(chat.CodeInvalid, "Open a conversation first.")
	default:
		return 0, chat.ErrorIn("room", chat.CodeInvalid, "Join the room first.")
	}
}

// isCalled tells whether the room, which a client looks at, has that name.
func (c places) isCalled(room chat.RoomID, name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[room]
	return t != nil && c.chat.Classic.Fold(t.name) == c.chat.Classic.Fold(name)
}

// startTyping and stopTyping tell the room that the client is in.
func (c commands) startTyping(ctx context.Context, p *client) error {
	user, room := p.who(), p.place()
	if user.ID == 0 {
		return nil
	}
	p.mu.Lock()
	open := p.open
	p.mu.Unlock()
	if open {
		if err := c.places.inMain(ctx, p, user); err != nil {
			return err
		}
		room = chat.MainRoom
	}
	if room == 0 {
		return nil
	}
	p.mu.Lock()
	p.typing = true
	p.mu.Unlock()
	return c.chat.Messages.Typing(ctx, user, room, typingFor)
}

func (c commands) stopTyping(ctx context.Context, p *client) {
	p.mu.Lock()
	typing, user, room := p.typing, p.user, p.room
	if p.open {
		room = chat.MainRoom
	}
	p.typing = false
	p.mu.Unlock()
	if typing {
		c.chat.Messages.StopTyping(ctx, user, room)
	}
}
