package wire

// Names of the events that the server sends. docs/PROTOCOL.md describes each once.
const (
	EventReady         = "ready"
	EventMessagePut    = "message:put"
	EventReactionPut   = "reaction:put"
	EventRoomPut       = "room:put"
	EventRoomChanged   = "room:changed"
	EventRoomGone      = "room:gone"
	EventMemberPut     = "member:put"
	EventMemberGone    = "member:gone"
	EventSessionEnded  = "session:ended"
	EventServerRestart = "server:restart"
	EventPresence      = "presence"
	EventProfilePut    = "profile:put"
	EventRoomTyping    = "room:typing"
	EventInvitation    = "invitation"
	EventInviteGone    = "invitation:gone"
	EventThreadPut     = "thread:put"
	EventBookmarkPut   = "bookmark:put"
	EventUserPut       = "user:put"
	EventSettingsPut   = "settings:put"
)
