package gateway

import (
	"context"
	"errors"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/socketio"
)

// registerCommands registers the handler of every command in docs/PROTOCOL.md.
func (g *Gateway) registerCommands() {
	register(g, "message:send", free, g.sendMessage)
	register(g, "message:react", free, reactions{g.chat}.put)
	register(g, "message:pin", free, marks{g.chat}.pin)
	register(g, "message:bookmark", free, marks{g.chat}.bookmark)
	register(g, "thread:follow", writes, threads{g.chat}.follow)
	register(g, "thread:read", writes, threads{g.chat}.read)
	register(g, "room:sync", reads, g.syncRoom)
	register(g, "user:sync", reads, g.greeter.syncUser)
	register(g, "room:read", writes, readings{g}.readRoom)
	register(g, "room:unread", writes, readings{g}.markUnread)
	register(g, "room:level", writes, settings{g.chat}.setLevel)
	register(g, "settings:set", writes, settings{g.chat}.put)
	register(g, "room:watch", reads, g.watchRoom)
	register(g, "room:unwatch", free, g.unwatchRoom)
	register(g, "presence:set", free, g.setPresence)
	register(g, "presence:watch", reads, g.watchPresence)
	register(g, "user:active", writes, keepActive(g))
	register(g, "typing:start", free, g.startTyping)
	register(g, "typing:stop", free, g.stopTyping)
	g.sockets.OnAny(g.answerUnknown)
}

// register adds a command with an argument of type A that is answered with R.
func register[A, R any](g *Gateway, name string, cost cost, run func(context.Context, *conn, A) (R, error)) {
	g.commands[name] = struct{}{}
	g.sockets.On(name, func(ctx context.Context, s *socketio.Socket, e *socketio.Event) {
		p := connOf(s)
		if p == nil {
			g.answer(e, wire.FailureOf(chat.Errorf(chat.CodeUnauthenticated, "Log in, and announce the protocol in the handshake.")))
			return
		}
		if !g.commandGate.enter() {
			g.answer(e, wire.FailureOf(errStopping()))
			return
		}
		defer g.commandGate.leave() // when it has been acknowledged
		if err := runCommand(ctx, g, p, e, cost, run); err != nil {
			g.logFault(name, err)
			g.answer(e, wire.FailureOf(err))
		}
	})
}

// runCommand decodes the argument, runs the command and acknowledges it unless it
// fails. It does not end with the socket: what has been stored is also told.
func runCommand[A, R any](
	ctx context.Context, g *Gateway, p *conn, e *socketio.Event, cost cost, run func(context.Context, *conn, A) (R, error),
) error {
	if p.ended.Load() {
		return chat.Errorf(chat.CodeUnauthenticated, "Your session has ended. Please log in.")
	}
	if err := allow(p.commands, "Too many requests. Please wait a moment."); err != nil {
		return err
	}
	var argument A
	if err := e.Args.Decode(0, &argument); err != nil {
		return badArgument(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.opts.CommandTimeout)
	defer cancel()
	done, err := g.take(ctx, p, cost)
	if err != nil {
		return err
	}
	defer done() // when it has been acknowledged
	answer, err := run(ctx, p, argument)
	if errors.Is(err, context.DeadlineExceeded) {
		return &chat.Error{Code: chat.CodeUnavailable, Message: "The server is too busy. Please try again.", Err: err}
	}
	if err != nil {
		return err
	}
	g.answer(e, answer)
	return nil
}

// answer acknowledges the event if the client wants it. A client that loses the answer
// retries.
func (g *Gateway) answer(e *socketio.Event, answer any) {
	if !e.WantsAck() {
		return
	}
	if err := e.Ack(answer); err != nil && !errors.Is(err, socketio.ErrDisconnected) {
		g.opts.Log.Error("cannot acknowledge a command", "command", e.Name, "error", err)
	}
}

// answerUnknown answers commands that do not exist, of sockets that speak this
// protocol.
func (g *Gateway) answerUnknown(_ context.Context, s *socketio.Socket, e *socketio.Event) {
	if _, known := g.commands[e.Name]; known || connOf(s) == nil {
		return
	}
	g.answer(e, wire.FailureOf(chat.Errorf(chat.CodeInvalid, "Unknown command.")))
}

// badArgument returns what is wrong with an argument that cannot be decoded.
func badArgument(err error) error {
	if errors.Is(err, socketio.ErrMissingArgument) {
		return &chat.Error{Code: chat.CodeInvalid, Message: "The argument is missing.", Err: err}
	}
	return wire.BadArgument(err)
}

// checkRoom refuses ids that no room can have.
func checkRoom(id chat.RoomID) error {
	if id <= 0 {
		return chat.ErrorIn("room", chat.CodeInvalid, "room must be the id of a room.")
	}
	return nil
}
