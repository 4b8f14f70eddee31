package engineio

// CloseReason says why a session ended. The values that the official server
// also knows carry its names.
type CloseReason string

// The reasons for which a session ends.
const (
	// ReasonTransportClose: the client went away or closed the connection.
	ReasonTransportClose CloseReason = "transport close"
	// ReasonTransportError: the transport failed or was misused, for example
	// by two polls at once.
	ReasonTransportError CloseReason = "transport error"
	// ReasonPingTimeout: the client did not answer a heartbeat in time.
	ReasonPingTimeout CloseReason = "ping timeout"
	// ReasonParseError: the client sent something that is not the protocol.
	ReasonParseError CloseReason = "parse error"
	// ReasonForcedClose: the application closed the session.
	ReasonForcedClose CloseReason = "forced close"
	// ReasonServerShutdown: the server is being stopped.
	ReasonServerShutdown CloseReason = "server shutting down"
	// ReasonSlowConsumer: the session's outgoing queue passed its bound
	// because the client does not read as fast as it is written to.
	ReasonSlowConsumer CloseReason = "slow consumer"
)
