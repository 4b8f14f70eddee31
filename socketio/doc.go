// Package socketio is a Socket.IO server: it speaks the Socket.IO protocol,
// version 5, with the official clients of versions 3 and 4, over long-polling
// and WebSocket.
//
// # Use
//
// A [Server] is an [http.Handler], to be mounted at its path. The first example
// is a chat with rooms, acknowledgements and middleware.
//
//	server := socketio.NewServer(socketio.Options{})
//	mux.Handle("/socket.io/", server)
//
// To stop, call [Server.Shutdown] before that of the http.Server.
//
// # Handlers
//
// Handlers are registered once per [Namespace], not per socket, and before
// clients connect; the [Socket] that they are called with is a client in that
// namespace. Their arguments have types, and decode as by encoding/json:
//
//	socketio.On(chat, "typing", func(ctx context.Context, s *socketio.Socket, room string) { … })
//	socketio.OnAck(chat, "message", func(ctx context.Context, s *socketio.Socket, m Message) Reply { … })
//
// [On0], [On], [On2] take events with none, one and two arguments; [OnAck0],
// [OnAck], [OnAck2] answer them with what the handler returns. For any other
// number [Namespace.On] gives the [Event] itself, [Namespace.OnAny] all of them.
// What does not decode goes to [Namespace.OnBadArgument] instead of the handler.
//
// The handlers of one socket run one after another, those of different sockets
// at the same time. A handler that takes long delays only its own socket: past
// [Options].MaxPending events nothing more is read from that client. The
// context ends with the socket. A panic is logged and ends nothing.
//
// # Sending
//
//	s.Emit("welcome", name)                    // to one socket
//	s.To("lobby").Emit("message", m)           // to the others in a room
//	chat.To("lobby", "hall").Except("muted").Emit("message", m)
//	chat.Emit("news", n)                       // to all of a namespace
//	chat.To("lobby").Join("hall")              // so do Leave, Disconnect, Sockets
//	zone, err := socketio.EmitAck[string](ctx, s, "which zone")
//
// Nothing that is sent waits for a client. A broadcast is encoded and framed
// once. Binary is sent as []byte, also inside of []any and map[string]any, and
// received by []byte. [Socket.Volatile] and [Broadcast.Volatile] send what
// is worth nothing later, and is dropped for clients that are not ready.
//
// # Clients that come back
//
// With [Options].Recovery, a client that loses its connection can come back as the
// same [Socket], with its id, rooms and data, and hears what it has missed. What is
// kept for that is bounded in time and bytes. See the example of [Recovery].
//
// # Who may connect
//
// [Namespace.Use] adds middleware, which sees the [Handshake], with the
// client's auth, headers and query, and refuses a socket by an error; a
// [ConnectError] carries data. Which origins' pages may connect is said in
// [Options].Engine. A namespace that does not exist is refused; [Server.Of]
// makes one, [Server.OfFunc] and [Server.OfPattern] make many.
//
// A client that asks for a namespace again, while it is being let in or when it is
// in, gets a new socket, which replaces the one before. That one is disconnected
// with [ReasonClientDisconnect] once the new one has been let in; refused, the
// client is in neither.
//
// # Many processes
//
// An [Adapter] keeps the rooms of a namespace and delivers to them. The one in
// memory serves one process; another can be put around it that passes each
// [Packet] on to the other processes. What else it can do is a small interface
// each: [RemoteSockets] for [Broadcast.FetchSockets], Join, Leave and Disconnect,
// [AckBroadcaster] for [Broadcast.EmitWithAck], [ServerSideEmitter] for
// [ServerSide], [SessionStore] for recovery. What the other processes ask of this
// one, it passes to a [Node]. See the example of Adapter, and package engineio for
// what a balancer has to see to.
//
// # Limits
//
// Whatever a client does is bounded: sizes, nesting, attachments, namespaces
// and waiting events by [Options], what it does not read by [Options].Engine.
// A client that breaks the protocol is disconnected, and nobody else. One that
// asks for more than [Options].MaxNamespaces gets a connect_error for those
// beyond, and keeps the others.
package socketio
