package socketio

import "partychat/engineio"

// DisconnectReason is why a socket was disconnected. The values are the official server's names;
// transport reasons are those of engineio.CloseReason.
type DisconnectReason string

// Reasons for a disconnect.
const (
	// ReasonClientDisconnect: the client left the namespace.
	ReasonClientDisconnect DisconnectReason = "client namespace disconnect"
	// ReasonServerDisconnect: Socket.Disconnect was called.
	ReasonServerDisconnect DisconnectReason = "server namespace disconnect"
	// ReasonForcedServerClose: the client violated the protocol or did not join a namespace in time.
	ReasonForcedServerClose DisconnectReason = "forced server close"

	// Reasons of the connection below; see package engineio.

	ReasonTransportClose = DisconnectReason(engineio.ReasonTransportClose)
	ReasonTransportError = DisconnectReason(engineio.ReasonTransportError)
	ReasonPingTimeout    = DisconnectReason(engineio.ReasonPingTimeout)
	ReasonParseError     = DisconnectReason(engineio.ReasonParseError)
	ReasonForcedClose    = DisconnectReason(engineio.ReasonForcedClose)
	ReasonServerShutdown = DisconnectReason(engineio.ReasonServerShutdown)
	ReasonSlowConsumer   = DisconnectReason(engineio.ReasonSlowConsumer)
)

// Reconnects reports whether an official client reconnects by itself after a disconnect for this
// reason.
func (r DisconnectReason) Reconnects() bool {
	return r != ReasonClientDisconnect && r != ReasonServerDisconnect
}
