// Package chat is the domain: users, rooms, memberships and messages, their rules,
// and the services that apply the rules. It knows no SQL, HTTP or Socket.IO, and
// imports the standard library only.
//
// Each rule is in one place, in a service. Events follow the durable commit and
// never precede it.
package chat
