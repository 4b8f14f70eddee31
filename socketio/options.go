package socketio

import (
	"io/fs"
	"log/slog"
	"time"

	"partychat/engineio"
)

// Options configure a Server. The zero value gives the official server's
// defaults.
type Options struct {
	// Engine configures the transport below. Its Path defaults to
	// "/socket.io/".
	Engine engineio.Options
	// AllowEIO3 lets Socket.IO 2.x clients in as well, as Engine.AllowEIO3 does.
	// Their auth is in the query: Handshake.Query has that of the connection, and
	// Handshake.Auth that of a namespace other than "/", as an object of strings.
	// NewID is not asked for their sockets. Default: they are refused.
	AllowEIO3 bool
	// ConnectTimeout is how long a client may stay without being in a
	// namespace. A client that has asked, and then waits for its turn under
	// MaxConnecting, is not closed. Default 45 seconds.
	ConnectTimeout time.Duration
	// MaxConnecting is how many sockets connect at the same time, that is, run
	// their middleware and OnConnect functions. Further sockets wait in order.
	// It bounds the memory needed when all clients reconnect at once. With it,
	// these functions must not wait for the client. Default: any number.
	MaxConnecting int
	// AttachmentTimeout is how long the attachments of a packet may take to
	// arrive. Default 30 seconds.
	AttachmentTimeout time.Duration
	// MaxHandshake is the most that a client may give when it connects, in
	// bytes: its headers and query, as far as they are kept, and the auth of
	// each namespace. It is the default of Engine.MaxHandshake too, which holds
	// until the client has joined a namespace. Default 16,384.
	MaxHandshake int64
	// ForgetAuth lets Handshake.Auth go once the OnConnect functions have returned, to
	// keep idle connections small. Default: it is kept.
	ForgetAuth bool
	// Headers names the headers that Handshake.Header keeps. Default: all.
	Headers []string
	// AckTimeout bounds the wait for an acknowledgement when the context
	// given to EmitAck has no deadline. Default 30 seconds.
	AckTimeout time.Duration
	// MaxAttachments is the most binary attachments one packet may announce.
	// Default 16.
	MaxAttachments int
	// MaxPacket is the most that a packet may have with all its attachments,
	// in bytes, which a client can make the server hold until the last one
	// has come. Default four times Engine.MaxPayload.
	MaxPacket int64
	// MaxDepth is how deep a packet's JSON may be nested. Default 128.
	MaxDepth int
	// MaxNamespaces is how many namespaces one client may have joined or be
	// joining at the same time. One more is refused by a connect_error with
	// the message "Too many namespaces". Default 32.
	MaxNamespaces int
	// MaxPending is how many of a socket's events may wait for its handlers,
	// MaxPacket how many bytes; past either, reading from that client pauses.
	// Default 64.
	MaxPending int
	// NewAdapter makes the adapter of each namespace. Default: in memory.
	NewAdapter func(*Namespace) Adapter
	// Parser, if set, encodes packets in place of the protocol's text; all clients
	// must use the same. See package msgpack.
	Parser Parser
	// NewID, if set, makes the ids of sockets, which must be unique in their
	// namespace; the id of the connection below is made by Engine.NewID. For an
	// empty string, and by default, an id is random.
	NewID func(n *Namespace, h Handshake) string
	// Recovery lets clients come back as the sockets that they were. Default: off.
	Recovery Recovery
	// ClientFiles, if set, holds the files of the official browser client,
	// which are served below the path: socket.io.js, socket.io.min.js,
	// socket.io.esm.min.js, socket.io.msgpack.min.js and their source maps.
	ClientFiles fs.FS
	// Logger receives handlers' panics as errors, and what goes wrong on
	// single connections at debug level. Default: nothing is logged.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Engine.Path, "/socket.io/")
	o.Engine.AllowEIO3 = o.Engine.AllowEIO3 || o.AllowEIO3
	setDefault(&o.Engine.MaxPayload, 1_000_000)
	setDefault(&o.ConnectTimeout, 45*time.Second)
	setDefault(&o.AttachmentTimeout, 30*time.Second)
	setDefault(&o.MaxHandshake, 16<<10)
	setDefault(&o.Engine.MaxHandshake, o.MaxHandshake)
	setDefault(&o.AckTimeout, 30*time.Second)
	setDefault(&o.MaxAttachments, 16)
	setDefault(&o.MaxPacket, 4*o.Engine.MaxPayload)
	setDefault(&o.MaxDepth, 128)
	setDefault(&o.MaxNamespaces, 32)
	setDefault(&o.MaxPending, 64)
	o.Recovery.setDefaults(o.Engine.MaxQueueBytes)
	if o.NewAdapter == nil {
		o.NewAdapter = NewMemoryAdapter
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Engine.Logger == nil {
		o.Engine.Logger = o.Logger
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
