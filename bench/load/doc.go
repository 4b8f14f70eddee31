// Package load generates load on a Socket.IO server with many clients, and checks
// everything that the server delivers.
//
// Blocking code in a few goroutines connects the clients. From then on, a single
// thread serves all of them with epoll, without a goroutine or a buffer per
// connection. So one core can keep up with servers that deliver millions of
// messages per second.
package load
