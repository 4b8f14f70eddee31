package engineio

// CloseReason is why a session ended. Where the official server has the same reason, the value is the
// same.
type CloseReason string

// Reasons for the end of a session.
const (
	// ReasonTransportClose: the client went away or closed the connection.
	ReasonTransportClose CloseReason = "transport close"
	// ReasonTransportError: the transport failed or was misused, for example
	// by two polls at once.
	ReasonTransportError CloseReason = "transport error"
	// ReasonPingTimeout: the client did not answer a heartbeat in time.
	ReasonPingTimeout CloseReason = "ping timeout"
	// ReasonParseError: the client sent data that violates the protocol.
	ReasonParseError CloseReason = "parse error"
	// ReasonForcedClose: the application closed the session.
	ReasonForcedClose CloseReason = "forced close"
	// ReasonServerShutdown: the server is shutting down.
	ReasonServerShutdown CloseReason = "server shutting down"
	// ReasonSlowConsumer: the session's outgoing queue exceeded its limit because the client reads too
	// slowly.
	ReasonSlowConsumer CloseReason = "slow consumer"
)
