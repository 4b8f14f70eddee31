package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/socketio"
)

// handleConversations is the one-to-one protocol.
func (c *Classic) handleConversations() {
	c.on(conversations, "chatHistory", c.chatHistory)
	c.on(conversations, "chatMessage", c.chatMessage)
	c.on(conversations, "typing", func(ctx context.Context, p *client, _ *socketio.Event) error {
		return c.startTyping(ctx, p)
	})
	c.on(conversations, "doneTyping", func(ctx context.Context, p *client, _ *socketio.Event) error {
		c.stopTyping(ctx, p)
		return nil
	})
}

// chatHistory opens the conversation with the named user and gives its latest
// messages; asked again for the same, older ones.
func (c *Classic) chatHistory(ctx context.Context, p *client, e *socketio.Event) error {
	user, err := known(p)
	if err != nil {
		return err
	}
	var name string
	if err := e.Args.Decode(0, &name); err != nil {
		return chat.ErrorIn("username", chat.CodeInvalid, "chatHistory needs a username.")
	}
	folded := c.chat.Classic.Fold(name)
	p.mu.Lock()
	room, oldest, again := p.room, p.oldest, p.room != 0 && p.with == folded
	p.mu.Unlock()
	page := chat.MessagePage{Limit: historyPage}
	if again {
		page.Direction, page.Seq = chat.PageBefore, oldest
	} else if room, err = c.lookAt(ctx, p, user, name); err != nil {
		return err
	}
	got, err := c.page(ctx, p, user, room, page)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.with = folded
	switch {
	case len(got.Messages) > 0:
		p.oldest = got.Messages[0].Seq
	case !again:
		p.oldest = got.Seq + 1
	}
	p.mu.Unlock()
	c.present(p, room, "chatHistory", got, "")
	return nil
}

// lookAt opens the conversation and lets the client hear it, and no other.
func (c *Classic) lookAt(ctx context.Context, p *client, user chat.User, name string) (chat.RoomID, error) {
	sub, err := c.chat.Classic.Converse(ctx, user, name)
	if err != nil {
		return 0, err
	}
	return sub.ID, c.enter(ctx, p, conversations, sub.ID)
}

// chatMessage stores a message in the conversation that is open.
func (c *Classic) chatMessage(ctx context.Context, p *client, e *socketio.Event) error {
	user, err := known(p)
	if err != nil {
		return err
	}
	var body string
	if err := e.Args.Decode(0, &body); err != nil {
		return chat.ErrorIn("message", chat.CodeInvalid, "chatMessage needs a text.")
	}
	room := p.place()
	if room == 0 {
		return chat.Errorf(chat.CodeInvalid, "Open a conversation with chatHistory first.")
	}
	if err := c.say(ctx, user, room, body); err != nil {
		return err
	}
	c.stopTyping(ctx, p)
	return nil
}
