// Package redisadapter connects Socket.IO servers through Redis publish/subscribe. It speaks the wire
// format of npm's @socket.io/redis-adapter 8, so that Go and Node servers share rooms.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"127.0.0.1:6379"}, DisableCache: true})
//	link := redisadapter.New(client, redisadapter.Options{})
//	server := socketio.NewServer(socketio.Options{NewAdapter: link.Adapter})
//
// Each Server needs its own Link, because servers are counted by their subscriptions. To stop, shut the
// Server down, then call [Link.Close], then close the client.
//
// # What is shared
//
// Broadcasts, the FetchSockets, Join, Leave, Disconnect and EmitWithAck methods of
// [socketio.Broadcast], and [socketio.ServerSide] events reach the servers of all processes. Sessions
// of [socketio.Recovery] stay in their process. All servers must use the same Options.Key, and Node
// servers the default parser, notepack.io.
//
// # What is lost
//
// Redis stores no messages. While a process has no connection to Redis, it neither sends to nor
// receives from the others; its own sockets are served as before. The Link logs each interruption and
// what it could not publish, reconnects, and subscribes again. Requests that need answers return an
// error if some of them are missing.
//
// # Who may publish
//
// A message that is malformed or exceeds a limit of [Options] is dropped and logged. But a client that can
// publish to the Redis server can send any event to any socket, and make sockets join any number of
// rooms. Give access to it only to your own servers.
//
// # Differences between Go and Node
//
// Room names are strings. If Node code joins a room by a number, Go cannot address that room: use
// strings on both sides.
//
// A typed array in Node other than Uint8Array reaches all other servers, including Node servers, with
// one byte per element: the elements of a Float32Array lose their fractions and all but their lowest
// eight bits. Send its bytes instead, as Buffer.from(a.buffer, a.byteOffset, a.byteLength).
//
// Official JavaScript clients, and Node servers, by default close a connection on which an event with
// more than ten binary attachments arrives (socket.io-parser 3.3.5, 3.4.4, 4.2.6 and later). An event
// with eleven Buffers, sent by either kind of server, reaches the Go sockets of other processes intact;
// whether a client accepts it depends on that client.
//
// A Node server encodes the arguments of its serverSideEmit, and the answers to them, as JSON: a Buffer
// arrives as {"type":"Buffer","data":[…]}. Binary that a Go server sends in this way arrives as a
// Buffer.
//
// A Node client's acknowledgement of a broadcast carries one value. If a socket leaves before it has
// acknowledged, its server does not report this to other processes, and the caller waits until the
// timeout.
package redisadapter
