// Package redisadapter connects Socket.IO servers through Redis publish/subscribe.
// It speaks the wire format of npm's @socket.io/redis-adapter 8, so that Go and
// Node servers share rooms.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"127.0.0.1:6379"}, DisableCache: true})
//	link := redisadapter.New(client, redisadapter.Options{})
//	server := socketio.NewServer(socketio.Options{NewAdapter: link.Adapter})
//
// Each Server needs a Link of its own: servers are counted by their subscriptions.
// To stop, shut the Server down, then call [Link.Close], then close the client.
//
// # What is shared
//
// Broadcasts, [socketio.Broadcast] with FetchSockets, Join, Leave, Disconnect and
// EmitWithAck, and [socketio.ServerSide] events reach the servers of all processes.
// Sessions of [socketio.Recovery] stay in their process. All servers must use the
// same Options.Key, and the same parser as Node's default, notepack.io.
//
// # What is lost
//
// Redis keeps no message. While a process has no connection to Redis, it neither
// sends to nor hears from the others; its own sockets are served as before. The Link
// logs each interruption and what it could not publish, reconnects, and subscribes
// again. Requests that need answers return an error if some of them are missing.
//
// # Differences between Go and Node
//
// Names of rooms are strings. A room that Node code names with a number is joined
// there under a number, and Go cannot address it: use strings on both sides.
//
// A typed array of Node other than Uint8Array reaches all other servers, Node's
// too, with one byte for each element: the elements of a Float32Array lose their
// fractions and all but their lowest eight bits. Send its bytes instead, as
// Buffer.from(a.buffer, a.byteOffset, a.byteLength).
//
// Official JavaScript clients, and Node servers, close a connection on which an event
// with more than ten binary attachments arrives, by default (socket.io-parser
// 3.3.5, 3.4.4, 4.2.6 and later). An event with eleven Buffers, sent by either kind of server, reaches Go
// sockets of other processes whole; whether a client accepts it is up to that client.
//
// A Node server sends the arguments of its serverSideEmit, and the answers to those,
// as JSON: a Buffer arrives as {"type":"Buffer","data":[…]}. Binary that a Go server
// sends in this way arrives as a Buffer.
//
// A Node client's acknowledgement of a broadcast carries one value. If a socket
// leaves before it has acknowledged, its server does not say so to other processes,
// and the asking one waits until the time is up.
package redisadapter
