// Package socketio is a Socket.IO server. It speaks the Socket.IO protocol, version 5, with the
// official clients of versions 3 and 4, over long-polling and WebSocket. With [Options].AllowEIO3 it
// also serves clients of version 2, and most features of version 1.7.
//
// # Use
//
// A [Server] is an [http.Handler]; mount it at its path. The first example is a chat with rooms,
// acknowledgements and middleware.
//
//	server := socketio.NewServer(socketio.Options{})
//	mux.Handle("/socket.io/", server)
//
// To stop, call [Server.Shutdown] before the http.Server's Shutdown.
//
// # Handlers
//
// Register handlers once per [Namespace], not per socket, and before clients connect. A handler gets
// the [Socket] of the client in that namespace. Handlers declare the types of their arguments, which
// are decoded as by encoding/json:
//
//	socketio.On(chat, "typing", func(ctx context.Context, s *socketio.Socket, room string) { … })
//	socketio.OnAck(chat, "message", func(ctx context.Context, s *socketio.Socket, m Message) Reply { … })
//
// [On0], [On] and [On2] handle events with no, one and two arguments. [OnAck0], [OnAck] and [OnAck2]
// acknowledge them with the handler's result. For more arguments, [Namespace.On] passes the [Event]
// itself, and [Namespace.OnAny] passes all events. If arguments cannot be decoded,
// [Namespace.OnBadArgument] is called instead of the handler.
//
// The handlers of one socket run one after another; those of different sockets run concurrently. A slow
// handler delays only its own socket: when [Options].MaxPending events are waiting, nothing more is
// read from that client. The context ends with the socket. A panic is logged, and the socket stays
// connected.
//
// # Sending
//
//	s.Emit("welcome", name)                    // to one socket
//	s.To("lobby").Emit("message", m)           // to the others in a room
//	chat.To("lobby", "hall").Except("muted").Emit("message", m)
//	chat.Emit("news", n)                       // to a whole namespace
//	chat.To("lobby").Join("hall")              // also: Leave, Disconnect, Sockets
//	zone, err := socketio.EmitAck[string](ctx, s, "which zone")
//
// Sending never waits for a client. A broadcast is encoded and framed once. Binary data is sent as
// []byte, also inside []any and map[string]any, and received as []byte. [Socket.Volatile] and
// [Broadcast.Volatile] send events that are worthless later, and drop them for clients that are not
// ready.
//
// [Broadcast.EmitWithAck] collects the acknowledgements of a room, within [Broadcast.Timeout]. If some
// are missing, it returns the others and an [AckError].
//
// # Observing
//
// [Namespace.UseEvent] adds middleware for events, [Namespace.OnAnyOutgoing] observes each outgoing
// event, [Namespace.OnRoom] observes joining and leaving of rooms, and [Server.OnNamespace] observes
// namespaces. Package adminui, the backend of npm's @socket.io/admin-ui, is built on them. They cost
// nothing while unused.
//
// # Other encodings
//
// [Options].Parser replaces the protocol's text encoding; package msgpack is compatible with npm's
// socket.io-msgpack-parser. [Options].NewID creates the ids of sockets.
//
// # Recovery
//
// With [Options].Recovery, a client that loses its connection can reconnect as the same [Socket], with
// its id, rooms and data, and receives the events that it has missed. The state kept for this is
// limited in time and bytes. See the example of [Recovery].
//
// # Access
//
// [Namespace.Use] adds middleware. It gets the [Handshake] with the client's auth, headers and query,
// and refuses a socket by returning an error; a [ConnectError] carries data. [Options].Engine defines
// from which origins pages may connect. A connection to a namespace that does not exist is refused.
// [Server.Of] creates one namespace, [Server.OfFunc] and [Server.OfPattern] create many.
//
// A client may connect to a namespace again while it is joining or has joined it. It gets a new socket.
// Once the new socket has been admitted, the previous one is disconnected with
// [ReasonClientDisconnect]. If the new socket is refused, the client is no longer in the namespace.
//
// # Several processes
//
// An [Adapter] stores the rooms of a namespace and delivers to them. The default one serves one
// process. To serve several, wrap it in an adapter that forwards each [Packet] to the other processes.
// Further capabilities are small interfaces: [RemoteSockets] for [Broadcast.FetchSockets], Join, Leave
// and Disconnect, [AckBroadcaster] for [Broadcast.EmitWithAck], [ServerSideEmitter] for [ServerSide],
// and [SessionStore] for recovery. The adapter passes the requests of other processes to a [Node].
// Package redisadapter is such an adapter; it also connects Go servers with Node servers. See the
// example of Adapter. Package engineio describes the requirements on a load balancer.
//
// # Limits
//
// Everything that a client does is limited. [Options] limits sizes, nesting, attachments, namespaces
// and waiting events; [Options].Engine limits the data queued for a client. A client that violates the
// protocol is disconnected, without affecting others. A client that joins more than
// [Options].MaxNamespaces gets a connect_error for the additional ones, and keeps the others.
package socketio
