package classic

import (
	"context"
	"strings"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// needsNobody lists the verbs that work without a name.
var needsNobody = map[dialect.Verb]bool{
	dialect.Count: true, dialect.Ignore: true, dialect.Type: true, dialect.Stop: true,
	dialect.People: true, dialect.Leave: true,
}

// do executes the event's action.
func (c commands) do(ctx context.Context, k *call) error {
	if err := c.commands.introduce(ctx, k); err != nil {
		return err
	}
	switch k.action.Do {
	case dialect.Enter:
		return c.commands.enterRoom(ctx, k)
	case dialect.Leave:
		return c.commands.leaveRoom(ctx, k)
	case dialect.Create:
		return c.commands.createRoom(ctx, k)
	case dialect.Invite:
		return c.commands.invite(ctx, k)
	case dialect.Converse:
		return c.commands.converse(ctx, k)
	case dialect.History:
		return c.commands.older(ctx, k)
	case dialect.People:
		c.told.tellPeople(k.p.place(), k.p, "")
		k.answer = c.commands.answerOf(k, k.p.place(), chat.Page{})
	case dialect.Say, dialect.Share:
		return c.commands.say(ctx, k)
	case dialect.Type:
		return c.commands.startTyping(ctx, k.p)
	case dialect.Stop:
		c.commands.stopTyping(ctx, k.p)
	case dialect.Count:
		c.commands.countOne(ctx, k)
	case dialect.Ignore:
	}
	return nil
}

// introduce checks the event's required fields, and gives the client the name in the
// event. Clients whose pages have no names become guests.
func (c commands) introduce(ctx context.Context, k *call) error {
	known := k.p.who().ID != 0
	if field := k.action.Missing(k.args, known); field != "" {
		return chat.ErrorIn(string(field), chat.CodeInvalid, "%s needs a %s (%s).", shortened(k.event), field, k.action.Fields[field])
	}
	if name := strings.TrimSpace(k.action.Text(dialect.FieldName, k.args)); name != "" {
		return c.accounts.nameOr(ctx, k.p, name)
	}
	if known || needsNobody[k.action.Do] && !k.table.Named {
		return nil
	}
	if !k.table.Named {
		return c.accounts.name(ctx, k.p, "guest", false)
	}
	return errNobody()
}

// errNobody is the answer to a client that has not given its name.
func errNobody() error {
	return chat.Errorf(chat.CodeUnauthenticated, "Please log in, or send your name first.")
}
