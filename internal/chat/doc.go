// Package chat is the domain: what users, rooms, memberships and messages are,
// the rules they follow, and the services that apply them. It knows no SQL, no
// HTTP and no Socket.IO, and imports the standard library only.
//
// Rules live in the services, once. Effects that others see (events) follow
// the durable commit and never precede it.
package chat
