// Package engineio is an Engine.IO server. It speaks the Engine.IO protocol,
// version 4, over HTTP long-polling and WebSocket, and upgrades from the former
// to the latter. Package socketio is built on it. Use it directly if you need
// messages that also pass where WebSocket does not, and nothing more. With
// [Options].AllowEIO3 it also speaks version 3, except over JSONP.
//
// # Use
//
// A [Server] is an [http.Handler]; mount it at [Options].Path. For each client
// it calls the application's accept function with a [Session], for sending. The
// function returns a [Receiver], which gets the client's messages. See the
// examples.
//
//	server := engineio.NewServer(engineio.Options{}, accept)
//	mux.Handle("/engine.io/", server)
//
// Set ReadHeaderTimeout on the http.Server; its other time-outs do not end
// long-lived connections. To stop, call [Server.Shutdown] before the Shutdown of
// the http.Server, which accepts connections until then.
//
// # Sending
//
// [Session.Send] never waits for the client. Any goroutine may call it. Create a
// [Message] for many clients once and share it: it is encoded, framed and, with
// [Options].CompressFrom, compressed only once. Everything that is queued for a
// client goes out in one write, on a quiet server at once. Messages that a client
// does not read wait in its queue, up to [Options].MaxQueueBytes and
// MaxQueuePackets. Beyond them the session is closed with [ReasonSlowConsumer].
// No other client waits for a slow one.
//
// # Receiving
//
// The server calls [Receiver].OnMessage with one message of a session after
// another. While OnMessage blocks, the server reads nothing more from that
// client: use this to slow a client down.
//
// # Pages of other origins
//
// A page in a browser may connect if it comes from the server's own host or from
// one of [Options].AllowedOrigins, or if [Options].CheckOrigin allows it. This
// applies to every request, and to WebSocket too, where browsers leave the check
// to the server.
//
// # Hooks
//
// [Options].AllowRequest decides about handshakes, OnConnectionError is told of
// requests that are refused, OnHeaders adds headers to answers, Cookie gives a
// balancer the session's id, NewID makes the ids, and CORS says what browsers are
// told about pages of other origins.
//
// # Many processes
//
// A session lives in the process that opened it. Behind a load balancer, all
// requests of a client must reach the same process, or clients must start with
// WebSocket, which is a single request.
//
// # Cost of a connection
//
// WebSocket connections are detached from their HTTP handlers. On Linux, without
// TLS in this process, they are read by readiness (epoll): an idle connection has
// no goroutine and no buffer, and takes about 400 bytes of live heap. Elsewhere it
// has a goroutine and a buffer of 4 kB. All heartbeats share one timer. Package
// enginetest runs tests in both ways.
package engineio
