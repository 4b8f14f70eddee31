// Package load puts a Socket.IO server under load with many clients, and
// checks what it delivers.
//
// The clients are connected by blocking code in a few goroutines; from then on
// a single thread serves all of them by epoll, without a goroutine and without
// a buffer per connection. That is what lets one core keep up with servers
// that deliver millions of messages per second.
package load
