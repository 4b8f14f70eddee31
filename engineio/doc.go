// Package engineio is an Engine.IO server: it speaks the Engine.IO protocol,
// version 4, over HTTP long-polling and WebSocket, with the upgrade from the
// one to the other.
//
// A Server is an http.Handler; what a session receives goes to the Receiver
// that the application gave it. A message that is sent to many sessions is
// prepared once, as a Message, and shared by all.
//
// WebSocket connections are detached from their HTTP handlers. Without
// traffic one costs its goroutine and the connection, but no buffer; all
// heartbeats share one timer.
package engineio
