// Package engineio is an Engine.IO server: it speaks the Engine.IO protocol,
// version 4, over HTTP long-polling and WebSocket, with the upgrade from the
// one to the other. Package socketio is built on it; by itself it is for who
// wants messages that get through where WebSocket does not, and nothing more.
//
// # Use
//
// A [Server] is an [http.Handler], to be mounted at [Options].Path. For each
// client it calls the application's accept function with a [Session], to send
// with, and takes back a [Receiver], for what comes. See the examples.
//
//	server := engineio.NewServer(engineio.Options{}, accept)
//	mux.Handle("/engine.io/", server)
//
// The http.Server should have a ReadHeaderTimeout; its other time-outs do not
// end what is meant to last. To stop, call [Server.Shutdown] before that of
// the http.Server, which goes on accepting connections until then.
//
// # Sending
//
// [Session.Send] never waits for the client and may be called from any
// goroutine. A [Message] that is meant for many is made once and shared: it is
// encoded, framed and, with [Options].CompressFrom, compressed only once.
// What is queued for a client goes out in one write; on a quiet server that is
// at once. What a client does not read waits in its queue, up to
// [Options].MaxQueueBytes and MaxQueuePackets; past them the session is closed
// with [ReasonSlowConsumer]. Nobody else waits for it.
//
// # Receiving
//
// [Receiver].OnMessage is called with one message of a session after another.
// While it blocks, nothing more is read from that client, which is how to slow
// it down.
//
// # Pages of other origins
//
// A browser's page may connect if it comes from the server's own host, from one of
// [Options].AllowedOrigins, or if [Options].CheckOrigin says so. This holds
// for every request and for WebSocket too, where browsers leave the check to
// the server.
//
// # Many processes
//
// A session lives in the process that has opened it. Behind a balancer all
// requests of a client must reach the same process, or clients must begin with
// WebSocket, which is a single request.
//
// # What a connection costs
//
// WebSocket connections are detached from their HTTP handlers. On Linux, and
// without TLS in this process, they are read by readiness (epoll): without
// traffic one has neither a goroutine nor a buffer, and is about 400 bytes of
// live heap. Elsewhere one has a goroutine and a buffer of 4 kB. All heartbeats
// share one timer. Package enginetest lets tests run in both ways.
package engineio
