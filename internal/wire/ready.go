package wire

import "partychat/internal/chat"

// Ready is the first event on a connection.
type Ready struct {
	Protocol int `json:"protocol,omitempty"` // the version that this connection speaks
	// Epoch names what the revs count: with another one, nothing that the client knows holds.
	Epoch string `json:"epoch,omitempty"`
	// Rev is that of the user's stream: what came later follows as events.
	Rev  int64 `json:"rev,omitempty"`
	User User  `json:"user"`
	// Delta: Subscriptions has only what changed since what the client knew.
	Delta         bool           `json:"delta,omitempty"`
	Subscriptions []Subscription `json:"subscriptions"`
	Gone          []RoomGone     `json:"gone,omitempty"`     // of a delta: rooms that the client knew and that have left the list
	Next          string         `json:"next,omitempty"`     // goes into after of GET /subscriptions; absent: the list is whole
	Settings      *Settings      `json:"settings,omitempty"` // absent: never changed
	Limits        ReadyLimits    `json:"limits"`
	Presence      []Presence     `json:"presence"` // of the peers of conversations who are there
}

// ReadyLimits are the lengths that the server allows, in characters, but for Auth.
type ReadyLimits struct {
	Auth        int64 `json:"auth,omitempty"` // what a client may give when it connects, in bytes of JSON
	UsernameMax int   `json:"usernameMax"`
	PasswordMin int   `json:"passwordMin"`
	PasswordMax int   `json:"passwordMax"`
	RoomName    int   `json:"roomName"`
	Topic       int   `json:"topic"`
	Message     int   `json:"message"`
	// Files is absent if the server keeps none.
	Files *FileLimits `json:"files,omitempty"`
}

// ReadyLimitsOf returns the limits; auth is the size of a handshake's auth, in bytes.
func ReadyLimitsOf(l chat.Limits, auth int64) ReadyLimits {
	limits := ReadyLimits{
		Auth: auth, UsernameMax: l.UsernameMax, PasswordMin: l.PasswordMin, PasswordMax: l.PasswordMax,
		RoomName: l.RoomName, Topic: l.Topic, Message: l.Message,
	}
	if l.Files > 0 {
		limits.Files = &FileLimits{PerMessage: l.Files, Size: l.FileSize}
	}
	return limits
}

// ServerRestart is the event server:restart.
type ServerRestart struct {
	Within int64 `json:"within"` // milliseconds
}

// ServerAnswer is what the operator allows. It needs no session.
type ServerAnswer struct {
	SignUp   chat.SignUpMode `json:"signUp" doc:"who may sign up from where you are: open, invitation or closed"`
	Guests   bool            `json:"guests" doc:"whether a name alone can be enough to enter"`
	JoinPage bool            `json:"joinPage" doc:"whether guests may enter public rooms without an invitation"`
	Guest    string          `json:"guest,omitempty" doc:"the guest that this browser was and can continue as"`
	Limits   ServerLimits    `json:"limits"`
}

// ServerLimits are lengths in characters.
type ServerLimits struct {
	UsernameMin int `json:"usernameMin"`
	UsernameMax int `json:"usernameMax"`
	PasswordMin int `json:"passwordMin"`
	PasswordMax int `json:"passwordMax"`
}

// ServerLimitsOf returns the limits of names and passwords.
func ServerLimitsOf(l chat.Limits) ServerLimits {
	return ServerLimits{
		UsernameMin: l.UsernameMin, UsernameMax: l.UsernameMax, PasswordMin: l.PasswordMin, PasswordMax: l.PasswordMax,
	}
}
