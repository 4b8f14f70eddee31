package redisadapter

import (
	"log/slog"
	"time"
)

// Options configure a Link. The zero value works with servers that use the official adapter's defaults.
type Options struct {
	// Key is the prefix of all channel names. Default "socket.io".
	Key string
	// RequestsTimeout limits how long FetchSockets, ServerSide.EmitWithAck and AllRooms wait for the
	// other processes. A shorter limit set by the caller takes precedence. Default 5 seconds.
	RequestsTimeout time.Duration
	// PublishOnSpecificResponseChannel sends each answer only to the process that asked. Processes may
	// differ in this option, provided the Node servers use version 8 of the official adapter. Default:
	// answers go to all.
	PublishOnSpecificResponseChannel bool
	// MaxMessageBytes limits a message on a channel, in bytes. A longer message is neither published
	// nor read, but logged. Default 16 MiB.
	MaxMessageBytes int
	// MaxDepth limits the nesting of values in messages. Default 128.
	MaxDepth int
	// MaxQueueBytes limits the messages waiting to be published, in bytes. Further ones are refused and
	// logged. Default 64 MiB.
	MaxQueueBytes int
	// MaxPendingBytes limits the server-side events of other processes that wait for their handlers, and
	// also their broadcasts that wait for clients' acknowledgements, in bytes. Further ones are dropped
	// and logged. Default 16 MiB.
	MaxPendingBytes int
	// MaxAnswerBytes limits the answers of other processes to one request of this process, in bytes.
	// Further ones are dropped and logged, and the request times out. Default 64 MiB.
	MaxAnswerBytes int
	// Timeout limits one exchange with Redis. Default 5 seconds.
	Timeout time.Duration
	// LogInterval is the minimum time between two log lines about the same kind of fault; the next line
	// reports how many were suppressed. Default 1 second.
	LogInterval time.Duration
	// Logger receives interruptions, messages that could not be published, and messages that could not
	// be read. Default: no logging.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Key, "socket.io")
	setDefault(&o.RequestsTimeout, 5*time.Second)
	setDefault(&o.MaxMessageBytes, 16<<20)
	setDefault(&o.MaxDepth, 128)
	setDefault(&o.MaxQueueBytes, 64<<20)
	setDefault(&o.MaxPendingBytes, 16<<20)
	setDefault(&o.MaxAnswerBytes, 64<<20)
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
