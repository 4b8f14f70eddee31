package engineio

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"
)

// Names of the transports.
const (
	Polling   = "polling"
	WebSocket = "websocket"
)

// Options configure a Server. The zero value has the official server's defaults.
type Options struct {
	// Path is where the server is mounted. Default "/engine.io/".
	Path string
	// PingInterval is the time between the end of a heartbeat and the start of the next. Default 25
	// seconds.
	PingInterval time.Duration
	// PingTimeout is how long a client may take to answer a heartbeat. Another packet from the client
	// restarts this time, once. Default 20 seconds.
	PingTimeout time.Duration
	// UpgradeTimeout is how long a client may take from opening the second transport to completing the
	// upgrade. Default 10 seconds.
	UpgradeTimeout time.Duration
	// BodyTimeout limits the time for reading one packet of a POST, for writing the response to one
	// poll, and for a WebSocket message to arrive. A late WebSocket message may be noticed only at the
	// next heartbeat. Default 30 seconds.
	BodyTimeout time.Duration
	// FarewellTimeout is how long Server.Shutdown waits for polling clients to fetch what is queued and
	// for WebSocket connections to end. Slower clients are disconnected. Default 3 seconds.
	FarewellTimeout time.Duration
	// MaxPayload is the largest accepted packet, in bytes: each WebSocket message and each packet of a
	// POST. The size of a whole POST is not limited because only one of its packets is held at a time.
	// Binary counts as raw bytes, not as base64. Default 1,000,000.
	MaxPayload int64
	// MaxHandshake is MaxPayload for sessions that have not been admitted (Session.Admit), in bytes.
	// Default: MaxPayload.
	MaxHandshake int64
	// ClientAddress returns the client's address, for a server behind a proxy, or the zero Addr if it
	// is unknown. Default: the address of the connection.
	ClientAddress func(*http.Request) netip.Addr
	// MaxSessions is how many sessions one network may have, MaxStrangers how many of them may be not
	// yet admitted, and MaxGuests how many may be admitted by Session.AdmitGuest. All IPv6 addresses of
	// a /64 count as one network. Handshakes above the first two limits get status 429. Default:
	// unlimited.
	MaxSessions  int
	MaxStrangers int
	MaxGuests    int
	// Transports lists the allowed transports. Default polling and websocket.
	Transports []string
	// AllowEIO3 also accepts clients that speak version 3 of the protocol, as Socket.IO 1.x and 2.x
	// clients do, over polling and WebSocket. JSONP is excluded because the origin check cannot protect
	// it. Default: such clients are refused.
	AllowEIO3 bool
	// DisableUpgrade prevents polling sessions from upgrading to WebSocket.
	DisableUpgrade bool
	// AllowedOrigins lists the origins ("https://chat.example"), besides the server's own, from which
	// browsers may connect with credentials. The entry "*" lets pages of every other origin connect
	// without credentials: Cookie and Authorization headers are removed from their requests, over
	// WebSocket too, which CORS does not cover.
	AllowedOrigins []string
	// CheckOrigin, if set, replaces the rules above for which origins may connect. It is not called for
	// requests without an Origin header, which do not come from a browser's page.
	CheckOrigin func(*http.Request) bool
	// CORS configures the CORS headers for pages of other origins. By default such pages may connect,
	// with credentials.
	CORS CORS
	// AllowRequest, if set, decides whether to accept a handshake. An error refuses it with code 4; its
	// text is sent to the client.
	AllowRequest func(*http.Request) error
	// OnConnectionError, if set, is called for each refused request: handshakes, and requests whose
	// session is unknown or does not match. It is called before the response is written and must not
	// retain the request.
	OnConnectionError func(ConnectionError)
	// OnHeaders, if set, may add headers to each response; initial reports whether it is a handshake's.
	OnHeaders func(h http.Header, r *http.Request, initial bool)
	// Cookie, if set, is sent to clients that start with polling and carries their session's id, so
	// that a load balancer can route by it. Value and HttpOnly are filled in. Empty fields default to
	// the name "io", the path "/" and SameSite=Lax.
	Cookie *http.Cookie
	// NewID, if set, creates session ids. Anybody who knows a session's id can act as its client, so
	// ids must be secret and hard to guess. An error, an empty id or an id in use refuses the
	// handshake. Default: 120 random bits.
	NewID func(*http.Request) (string, error)
	// Traffic, if set, counts sessions and messages.
	Traffic *Traffic
	// OnForeignOrigin, if set, is called for each request that is refused because of its origin, before
	// the response is written.
	OnForeignOrigin func(*http.Request)
	// MaxQueueBytes and MaxQueuePackets limit what may be queued for one client. If either is exceeded,
	// the session is closed with ReasonSlowConsumer. Defaults 4 MiB and 16,384 packets.
	MaxQueueBytes   int
	MaxQueuePackets int
	// CompressFrom is the size in bytes from which WebSocket messages are compressed for clients that
	// support it (permessage-deflate, without context takeover). Messages from such clients are
	// decompressed, up to MaxPayload. A message to many clients is compressed once. Default 0: no
	// compression, which is faster and sufficient for short messages.
	CompressFrom int
	// MaxPollPackets is the largest number of packets in the response to one poll; the rest follow in
	// the next one. Default 16: python-engineio rejects more as an attack.
	MaxPollPackets int
	// CompressPollsFrom is the size in bytes from which responses to polls are compressed with gzip for
	// clients that accept it. Default 1024, like the official server's httpCompression; negative: no
	// compression.
	CompressPollsFrom int
	// InitialPacket, if set, is sent immediately after the handshake.
	InitialPacket *Message
	// Logger receives errors of single connections, at debug level, and a warning, at most once a
	// minute, when a network has too many connections. Default: no logging.
	Logger *slog.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Path, "/engine.io/")
	setDefault(&o.PingInterval, 25*time.Second)
	setDefault(&o.PingTimeout, 20*time.Second)
	setDefault(&o.UpgradeTimeout, 10*time.Second)
	setDefault(&o.BodyTimeout, 30*time.Second)
	setDefault(&o.FarewellTimeout, 3*time.Second)
	setDefault(&o.MaxPayload, 1_000_000)
	setDefault(&o.MaxHandshake, o.MaxPayload)
	o.MaxHandshake = min(o.MaxHandshake, o.MaxPayload)
	setDefault(&o.MaxPollPackets, 16)
	setDefault(&o.CompressPollsFrom, 1024)
	setDefault(&o.MaxQueueBytes, 4<<20)
	setDefault(&o.MaxQueuePackets, 16_384)
	if o.Transports == nil {
		o.Transports = []string{Polling, WebSocket}
	}
	if o.CORS.Methods == nil {
		o.CORS.Methods = []string{http.MethodGet, http.MethodPost}
	}
	setDefault(&o.CORS.MaxAge, 10*time.Minute)
	if o.ClientAddress == nil {
		o.ClientAddress = remoteAddress
	}
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
