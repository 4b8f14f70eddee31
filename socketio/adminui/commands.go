package adminui

import (
	"context"

	"partychat/socketio"
)

// registerCommands adds the page's commands. The first argument of each is a namespace. A filter is a
// room or a socket's id; an empty one selects the whole namespace.
func (a *Admin) registerCommands() {
	a.command("emit", 1, func(target socketio.Broadcast, args socketio.Args) error {
		var event string
		if err := args.Decode(2, &event); err != nil {
			return err
		}
		return target.Emit(event, args[3:].Values()...)
	})
	a.command("join", 2, func(target socketio.Broadcast, args socketio.Args) error {
		return withRoom(args, target.Join)
	})
	a.command("leave", 2, func(target socketio.Broadcast, args socketio.Args) error {
		return withRoom(args, target.Leave)
	})
	a.command("_disconnect", 2, func(target socketio.Broadcast, args socketio.Args) error {
		var closeTransport bool
		if err := args.Decode(1, &closeTransport); err != nil {
			return err
		}
		target.Disconnect(closeTransport)
		return nil
	})
}

// withRoom calls a function with the room that a command names.
func withRoom(args socketio.Args, call func(rooms ...string)) error {
	var room string
	if err := args.Decode(1, &room); err != nil {
		return err
	}
	call(room)
	return nil
}

// command registers one command, whose filter is the argument at the given position. Like the official
// server, it drops malformed commands.
func (a *Admin) command(name string, filterAt int, run func(target socketio.Broadcast, args socketio.Args) error) {
	a.ns.On(name, func(_ context.Context, _ *socketio.Socket, e *socketio.Event) {
		var namespace string
		if e.Args.Decode(0, &namespace) != nil {
			return
		}
		n := a.server.Lookup(namespace)
		if n == nil {
			return
		}
		target := n.To()
		if len(e.Args) > filterAt {
			var filter string // null leaves it empty
			if e.Args.Decode(filterAt, &filter) != nil {
				return
			}
			if filter != "" {
				target = n.To(filter)
			}
		}
		_ = run(target, e.Args) // fails if the arguments do not fit
	})
}
