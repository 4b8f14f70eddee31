package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/socketio"
)

// handleLesson is the protocol of the lesson, whose messages are those of main.
func (c *Classic) handleLesson() {
	c.on(lesson, "SEND_MESSAGE", c.sendMessage)
	for _, event := range []string{"INCREMENT", "COUNT_INCREMENTED"} {
		c.on(lesson, event, func(context.Context, *client, *socketio.Event) error {
			c.mu.Lock()
			c.count++
			count := c.count
			c.mu.Unlock()
			c.emit(c.sockets.To(lessonRoom), "COUNT_UPDATED", count)
			return nil
		})
	}
}

// sendMessage says something in main. The lesson asks for no name, so who has
// none gets one.
func (c *Classic) sendMessage(ctx context.Context, p *client, e *socketio.Event) error {
	var body string
	if err := e.Args.Decode(0, &body); err != nil {
		return chat.ErrorIn("message", chat.CodeInvalid, "SEND_MESSAGE needs a text.")
	}
	if err := c.name(ctx, p, "guest", false); err != nil {
		return err
	}
	user := p.who()
	if err := c.chat.Classic.InMain(ctx, user); err != nil {
		return err
	}
	return c.say(ctx, user, chat.MainRoom, body)
}
