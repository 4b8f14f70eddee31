package socketio

import "errors"

var (
	// ErrDisconnected is returned if the socket has left its namespace.
	ErrDisconnected = errors.New("socketio: socket is disconnected")
	// ErrNoAck is returned by Event.Ack if the client did not request an acknowledgement or has
	// received one already.
	ErrNoAck = errors.New("socketio: no acknowledgement requested")
	// ErrAckTimeout is returned if a client has not acknowledged in time.
	ErrAckTimeout = errors.New("socketio: acknowledgement timed out")
	// ErrAcksTooLarge is returned if the acknowledgements of a broadcast exceed Options.MaxAckBytes.
	ErrAcksTooLarge = errors.New("socketio: acknowledgements are too large")
	// ErrMissingArgument is returned if the client sent fewer arguments than a typed handler takes.
	ErrMissingArgument = errors.New("socketio: argument is missing")
)

// ConnectError refuses a socket when middleware returns it: the client receives it as the error of a
// connect_error event. Any other error is sent with its text and without data.
type ConnectError struct {
	Message string // the message of the client's error
	Data    any    // the data of the client's error, encoded as JSON; may be nil
}

// Error returns the message.
func (e *ConnectError) Error() string { return e.Message }
