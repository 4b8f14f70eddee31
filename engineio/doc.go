// Package engineio is an Engine.IO server. It speaks the Engine.IO protocol, version 4, over HTTP
// long-polling and WebSocket, and upgrades from the former to the latter. Package socketio is built on
// it. Use engineio directly if you need only messages, including over networks that block WebSocket.
// With [Options].AllowEIO3 it also speaks version 3, except over JSONP.
//
// # Use
//
// A [Server] is an [http.Handler]; mount it at [Options].Path. For each client it calls the
// application's accept function with a [Session], used for sending. The function returns a [Receiver],
// which gets the client's messages. See the examples.
//
//	server := engineio.NewServer(engineio.Options{}, accept)
//	mux.Handle("/engine.io/", server)
//
// Set ReadHeaderTimeout on the http.Server; its other timeouts do not end long-lived connections. To
// stop, call [Server.Shutdown] before the http.Server's Shutdown, which must accept connections until
// then.
//
// # Sending
//
// [Session.Send] never waits for the client. Any goroutine may call it. To send one message to many
// clients, create a [Message] once and share it: it is encoded, framed and, with
// [Options].CompressFrom, compressed only once. Everything queued for a client goes out in one write; a
// quiet server writes at once. Messages that a client has not read wait in its queue, up to
// [Options].MaxQueueBytes and MaxQueuePackets. Beyond these limits the session is closed with
// [ReasonSlowConsumer]. A slow client never delays others.
//
// # Receiving
//
// The server calls [Receiver].OnMessage with the messages of a session, one after another. While
// OnMessage blocks, the server reads nothing more from that client: use this to slow a client down.
//
// # Pages of other origins
//
// A browser page may connect if it comes from the server's own host or from one of
// [Options].AllowedOrigins, or if [Options].CheckOrigin allows it. The check applies to every request,
// including WebSocket requests, where browsers leave it to the server.
//
// # Hooks
//
// [Options].AllowRequest decides about handshakes, OnConnectionError reports refused requests,
// OnHeaders adds headers to responses, Cookie gives a load balancer the session's id, NewID creates
// session ids, and CORS sets the CORS headers for pages of other origins.
//
// # Several processes
//
// A session lives in the process that opened it. Behind a load balancer, all requests of a client must
// reach the same process, or clients must start with WebSocket, which is a single request.
//
// # Cost of a connection
//
// WebSocket connections are detached from their HTTP handlers. On Linux, without TLS in this process,
// they are read by readiness (epoll): an idle connection has no goroutine and no buffer, and takes
// about 400 bytes of live heap. Elsewhere it has a goroutine and a buffer of 4 kB. All heartbeats share
// one timer. Package enginetest runs tests in both modes.
package engineio
