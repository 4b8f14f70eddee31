package redisadapter

import (
	"log/slog"
	"time"
)

// Options configure a Link. The zero value works with servers that use the official
// adapter's defaults.
type Options struct {
	// Key begins the names of all channels. Default "socket.io".
	Key string
	// RequestsTimeout bounds how long FetchSockets, ServerSide.EmitWithAck and
	// AllRooms wait for the other processes. A shorter limit of the caller holds.
	// Default 5 seconds.
	RequestsTimeout time.Duration
	// PublishOnSpecificResponseChannel sends each answer only to the process that
	// asked, not to all. Processes may differ in it, as long as the Node servers use
	// version 8 of the official adapter. Default: to all.
	PublishOnSpecificResponseChannel bool
	// MaxMessageBytes bounds a message on a channel, in bytes. A longer one is
	// neither published nor read, and logged. Default 16 MiB.
	MaxMessageBytes int
	// MaxDepth bounds the nesting of values in messages. Default 128.
	MaxDepth int
	// MaxQueueBytes bounds the messages that wait to be published, in bytes. Further
	// ones are refused and logged. Default 64 MiB.
	MaxQueueBytes int
	// MaxPendingBytes bounds the server-side events of other processes that wait for
	// their handlers, in bytes. Further ones are dropped and logged. Default 16 MiB.
	MaxPendingBytes int
	// Timeout bounds one exchange with Redis. Default 5 seconds.
	Timeout time.Duration
	// LogInterval is the shortest time between two lines of the log about the same
	// kind of fault; the next line says how many were left out. Default 1 second.
	LogInterval time.Duration
	// Logger receives interruptions, what could not be published, and messages that
	// could not be read. Default: nothing is logged.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Key, "socket.io")
	setDefault(&o.RequestsTimeout, 5*time.Second)
	setDefault(&o.MaxMessageBytes, 16<<20)
	setDefault(&o.MaxDepth, 128)
	setDefault(&o.MaxQueueBytes, 64<<20)
	setDefault(&o.MaxPendingBytes, 16<<20)
	setDefault(&o.Timeout, 5*time.Second)
	setDefault(&o.LogInterval, time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
