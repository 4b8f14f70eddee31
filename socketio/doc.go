// Package socketio is a Socket.IO server. It speaks the Socket.IO protocol,
// version 5, with the official clients of versions 3 and 4, over long-polling
// and WebSocket. With [Options].AllowEIO3 it also serves the clients of version 2,
// and most of what version 1.7 can do.
//
// # Use
//
// A [Server] is an [http.Handler]; mount it at its path. The first example is a
// chat with rooms, acknowledgements and middleware.
//
//	server := socketio.NewServer(socketio.Options{})
//	mux.Handle("/socket.io/", server)
//
// To stop, call [Server.Shutdown] before the Shutdown of the http.Server.
//
// # Handlers
//
// Register handlers once per [Namespace], not per socket, and before clients
// connect. A handler gets the [Socket] of the client in that namespace. Its
// arguments have types and are decoded as by encoding/json:
//
//	socketio.On(chat, "typing", func(ctx context.Context, s *socketio.Socket, room string) { … })
//	socketio.OnAck(chat, "message", func(ctx context.Context, s *socketio.Socket, m Message) Reply { … })
//
// [On0], [On] and [On2] handle events with no, one and two arguments. [OnAck0],
// [OnAck] and [OnAck2] acknowledge them with the handler's result. For any other
// number, [Namespace.On] passes the [Event] itself, and [Namespace.OnAny] passes
// all events. Arguments that cannot be decoded go to [Namespace.OnBadArgument]
// instead of the handler.
//
// The handlers of one socket run one after another; those of different sockets
// run concurrently. A slow handler delays only its own socket: when
// [Options].MaxPending events wait, nothing more is read from that client. The
// context ends with the socket. A panic is logged, and the socket stays connected.
//
// # Sending
//
//	s.Emit("welcome", name)                    // to one socket
//	s.To("lobby").Emit("message", m)           // to the others in a room
//	chat.To("lobby", "hall").Except("muted").Emit("message", m)
//	chat.Emit("news", n)                       // to all of a namespace
//	chat.To("lobby").Join("hall")              // also: Leave, Disconnect, Sockets
//	zone, err := socketio.EmitAck[string](ctx, s, "which zone")
//
// Sending never waits for a client. A broadcast is encoded and framed once.
// Binary data is sent as []byte, also inside of []any and map[string]any, and
// received as []byte. [Socket.Volatile] and [Broadcast.Volatile] send events that
// are worthless later, and drop them for clients that are not ready.
//
// [Broadcast.EmitWithAck] collects the acknowledgements of a room, for as long as
// [Broadcast.Timeout] says. If some are missing, it returns the others and an
// [AckError].
//
// # Watching
//
// [Namespace.UseEvent] adds middleware for events, [Namespace.OnAnyOutgoing] sees
// each event that is sent, [Namespace.OnRoom] sees sockets join and leave rooms,
// and [Server.OnNamespace] sees the namespaces. Package adminui builds the admin
// page of npm's @socket.io/admin-ui on them. A server that uses none of them does
// no work for them.
//
// # Other encodings
//
// [Options].Parser replaces the protocol's text by another encoding; package msgpack
// is compatible with npm's socket.io-msgpack-parser. [Options].NewID makes the ids
// of sockets.
//
// # Recovery
//
// With [Options].Recovery, a client that loses its connection can reconnect as the
// same [Socket], with its id, rooms and data, and receives the events that it has
// missed. The state that is kept for this is bounded in time and bytes. See the
// example of [Recovery].
//
// # Who may connect
//
// [Namespace.Use] adds middleware. It gets the [Handshake] with the client's
// auth, headers and query, and refuses a socket by returning an error; a
// [ConnectError] carries data. [Options].Engine says which origins' pages may
// connect. A connection to a namespace that does not exist is refused.
// [Server.Of] creates one namespace, [Server.OfFunc] and [Server.OfPattern]
// create many.
//
// A client may join a namespace again while it is joining or has joined it. It gets
// a new socket. Once the new socket has been let in, the previous one is
// disconnected with [ReasonClientDisconnect]. If the new socket is refused, the
// client has left the namespace.
//
// # Many processes
//
// An [Adapter] keeps the rooms of a namespace and delivers to them. The default
// one serves one process. To serve several, wrap it in an adapter that forwards
// each [Packet] to the other processes. Its further abilities are small
// interfaces: [RemoteSockets] for [Broadcast.FetchSockets], Join, Leave and
// Disconnect, [AckBroadcaster] for [Broadcast.EmitWithAck], [ServerSideEmitter] for
// [ServerSide], and [SessionStore] for recovery. It passes the requests of other
// processes to a [Node]. Package redisadapter is such an adapter; it also connects Go
// servers with Node servers. See the example of Adapter; package engineio describes
// the requirements on a load balancer.
//
// # Limits
//
// Everything that a client does is bounded. [Options] limits sizes, nesting,
// attachments, namespaces and waiting events; [Options].Engine limits the data
// that a client does not read. A client that breaks the protocol is disconnected;
// others are not affected. A client that joins more than [Options].MaxNamespaces
// gets a connect_error for the additional ones, and keeps the others.
package socketio
