package classic

import (
	"context"
	"strconv"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// converse opens the conversation with a person and sends its latest messages. If the
// dialect wants it, asking again for the same person sends older messages.
func (c commands) converse(ctx context.Context, k *call) error {
	user := k.p.who()
	with, err := c.commands.peer(ctx, k)
	if err != nil {
		return err
	}
	key := strconv.FormatInt(int64(with.ID), 10)
	k.p.mu.Lock()
	again := k.action.Again && k.p.room != 0 && k.p.with == key
	k.p.mu.Unlock()
	if again {
		return c.commands.older(ctx, k)
	}
	sub, err := c.chat.Classic.Converse(ctx, user, with.ID)
	if err != nil {
		return err
	}
	if err := c.places.enter(ctx, k.p, sub); err != nil {
		return err
	}
	page, err := c.places.page(ctx, k.p, user, sub.ID, chat.MessagePage{Limit: historyPage})
	if err != nil {
		return err
	}
	k.p.mu.Lock()
	k.p.with, k.p.oldest = key, oldestOf(page, page.Seq+1)
	k.p.mu.Unlock()
	c.told.present(k.p, sub.ID, page)
	k.answer = dialect.Merge(c.commands.answerOf(k, sub.ID, page), personOf(with.Author()))
	return nil
}

// peer finds the person whom the client wants to talk to, by id or by name.
func (c commands) peer(ctx context.Context, k *call) (chat.User, error) {
	id, _ := strconv.ParseInt(k.action.Text(dialect.FieldID, k.args), 10, 64)
	name := k.action.Text(dialect.FieldWith, k.args)
	if id <= 0 && name == "" {
		return chat.User{}, chat.ErrorIn("username", chat.CodeInvalid, "%s needs a person.", shortened(k.event))
	}
	return c.chat.Classic.Peer(ctx, k.p.who(), chat.UserID(max(id, 0)), name)
}

// older sends messages from before those that the client has.
func (c commands) older(ctx context.Context, k *call) error {
	k.p.mu.Lock()
	room, oldest, user, open := k.p.room, k.p.oldest, k.p.user, k.p.open
	replayed := k.p.replayed[k.table]
	k.p.mu.Unlock()
	switch {
	case room != 0:
	case open:
		room = chat.MainRoom
		if oldest == 0 {
			oldest = replayed
		}
		if err := c.places.inMain(ctx, k.p, user); err != nil {
			return err
		}
	default:
		return chat.Errorf(chat.CodeInvalid, "Open a conversation or join a room first.")
	}
	wanted := chat.MessagePage{Limit: historyPage, Direction: chat.PageBefore, Seq: oldest}
	if oldest == 0 { // it has been given none
		wanted.Direction = ""
	}
	page, err := c.places.page(ctx, k.p, user, room, wanted)
	if err != nil {
		return err
	}
	k.p.mu.Lock()
	if k.p.room == room || open && k.p.open {
		k.p.oldest = oldestOf(page, oldest)
		if wanted.Direction == "" {
			k.p.oldest = oldestOf(page, page.Seq+1)
		}
	}
	k.p.mu.Unlock()
	c.told.present(k.p, room, page)
	k.answer = c.commands.answerOf(k, room, page)
	return nil
}

// oldestOf returns the seq of a page's first message, or a default for an empty page.
func oldestOf(page chat.Page, otherwise int64) int64 {
	if len(page.Messages) == 0 {
		return otherwise
	}
	return page.Messages[0].Seq
}
