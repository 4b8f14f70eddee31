package chat

// PresenceState says whether a user is there.
type PresenceState string

// The states.
const (
	PresenceOnline  PresenceState = "online"  // connected
	PresenceAway    PresenceState = "away"    // connected, and every client says that nobody is using it
	PresenceOffline PresenceState = "offline" // not connected
)

// Presence is a user's state.
type Presence struct {
	User  UserID        `json:"user"`
	State PresenceState `json:"state"`
}
