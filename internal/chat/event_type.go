package chat

import "reflect"

// StreamKind says which revs events of a type carry.
type StreamKind string

// The kinds of stream.
const (
	NoStream   StreamKind = ""     // a signal that is worthless later, without a rev
	RoomStream StreamKind = "room" // see Stream
	UserStream StreamKind = "user"
)

// EventType describes the events of one Go type.
type EventType struct {
	// Name identifies the type between nodes. Older versions of the program know it
	// too, so it never changes.
	Name   string
	Stream StreamKind // of RoomStream and UserStream, the events are Revised
	Type   reflect.Type
}

// EventTypes lists every type of event that is published. To travel between nodes, a
// type also needs its payload in internal/broker/redis.
var EventTypes = []EventType{
	eventType[MessagePut]("message", RoomStream),
	eventType[ReactionsPut]("reactions", RoomStream),
	eventType[RoomChanged]("room", RoomStream),
	eventType[RoomGone]("room-gone", RoomStream),
	eventType[MemberPut]("member", RoomStream),
	eventType[MemberGone]("member-gone", RoomStream),
	eventType[SubscriptionPut]("subscription", UserStream),
	eventType[SubscriptionGone]("subscription-gone", UserStream),
	eventType[Invited]("invited", UserStream),
	eventType[InvitationGone]("invitation-gone", UserStream),
	eventType[UserPut]("user", UserStream),
	eventType[SettingsPut]("settings", UserStream),
	eventType[UserBanned]("user-banned", UserStream),
	eventType[ThreadPut]("thread", UserStream),
	eventType[BookmarkPut]("bookmark", UserStream),
	eventType[SessionEnded]("session-ended", UserStream),
	eventType[Typing]("typing", NoStream),
	eventType[PresencePut]("presence", NoStream),
	eventType[ProfilePut]("profile", NoStream),
	eventType[SeatsChanged]("seats", NoStream),
	eventType[RoomOffered]("room-offered", NoStream),
	eventType[ObjectSent]("object-sent", NoStream),
}

func eventType[E Event](name string, stream StreamKind) EventType {
	return EventType{Name: name, Stream: stream, Type: reflect.TypeFor[E]()}
}
