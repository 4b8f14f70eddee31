// Package load puts a Socket.IO server under load with many clients, and
// checks what the server delivers.
//
// Blocking code in a few goroutines connects the clients. From then on a single
// thread serves all of them by epoll, without a goroutine or a buffer per
// connection. So one core keeps up with servers that deliver millions of messages
// per second.
package load
