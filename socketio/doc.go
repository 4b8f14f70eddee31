// Package socketio is a Socket.IO server: it speaks the Socket.IO protocol,
// version 5, with the official clients of versions 3 and 4, over long-polling
// and WebSocket.
//
// A Server is an http.Handler. Handlers are registered once per namespace,
// not per socket; the sockets that they are called with are clients in that
// namespace. The handlers of one socket run one after another, those of
// different sockets at the same time. A handler that takes long delays only
// its own socket.
package socketio
