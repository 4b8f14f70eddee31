package socketio

import "partychat/engineio"

// DisconnectReason says why a socket was disconnected. The values carry the
// names that the official server gives them; reasons of the transport are
// those of engineio.CloseReason.
type DisconnectReason string

// The reasons for which a socket is disconnected.
const (
	// ReasonClientDisconnect: the client left the namespace.
	ReasonClientDisconnect DisconnectReason = "client namespace disconnect"
	// ReasonServerDisconnect: Socket.Disconnect was called.
	ReasonServerDisconnect DisconnectReason = "server namespace disconnect"
	// ReasonForcedServerClose: the client broke the protocol or did not join
	// a namespace in time.
	ReasonForcedServerClose DisconnectReason = "forced server close"

	// Those of the connection below, which package engineio explains.

	ReasonTransportClose = DisconnectReason(engineio.ReasonTransportClose)
	ReasonTransportError = DisconnectReason(engineio.ReasonTransportError)
	ReasonPingTimeout    = DisconnectReason(engineio.ReasonPingTimeout)
	ReasonParseError     = DisconnectReason(engineio.ReasonParseError)
	ReasonForcedClose    = DisconnectReason(engineio.ReasonForcedClose)
	ReasonServerShutdown = DisconnectReason(engineio.ReasonServerShutdown)
	ReasonSlowConsumer   = DisconnectReason(engineio.ReasonSlowConsumer)
)

// Reconnects says whether an official client comes back by itself after a
// disconnect for this reason.
func (r DisconnectReason) Reconnects() bool {
	return r != ReasonClientDisconnect && r != ReasonServerDisconnect
}
