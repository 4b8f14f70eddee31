package socketio

import "errors"

var (
	// ErrDisconnected is returned when the socket has left its namespace.
	ErrDisconnected = errors.New("socketio: socket is disconnected")
	// ErrNoAck is returned by Event.Ack when the client asked for no
	// acknowledgement or has been given one.
	ErrNoAck = errors.New("socketio: no acknowledgement is asked for")
	// ErrAckTimeout is returned when a client has not acknowledged in time.
	ErrAckTimeout = errors.New("socketio: acknowledgement timed out")
	// ErrMissingArgument is what a typed handler's argument fails with when
	// the client sent fewer arguments.
	ErrMissingArgument = errors.New("socketio: argument is missing")
)

// ConnectError refuses a socket: returned by middleware, it is sent to the
// client, where it arrives as the error of a connect_error event. Any other
// error is sent with its text and without data.
type ConnectError struct {
	Message string // the error's message at the client
	Data    any    // the error's data at the client, encoded as JSON; may be nil
}

// Error returns the message.
func (e *ConnectError) Error() string { return e.Message }
