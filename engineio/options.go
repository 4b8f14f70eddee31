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

// Options configure a Server. The zero value gives the official server's
// defaults.
type Options struct {
	// Path is where the server is mounted. Default "/engine.io/".
	Path string
	// PingInterval is the time between a heartbeat's end and the next one's
	// start. Default 25 seconds.
	PingInterval time.Duration
	// PingTimeout is how long a client may take to answer a heartbeat. Another
	// packet from it begins this time anew, once. Default 20 seconds.
	PingTimeout time.Duration
	// UpgradeTimeout is how long a client may take from opening the second
	// transport to finishing the upgrade. Default 10 seconds.
	UpgradeTimeout time.Duration
	// BodyTimeout bounds the reading of one packet of a POST, the writing of one poll's
	// response, and how long a WebSocket message may take to arrive, of which a
	// heartbeat may be the first to take note. Default 30 seconds.
	BodyTimeout time.Duration
	// FarewellTimeout is how long Server.Shutdown waits for clients to fetch what is
	// queued by a poll, and to end their WebSocket connections. Clients that are
	// slower are cut. Default 3 seconds.
	FarewellTimeout time.Duration
	// MaxPayload is the largest packet that is accepted, in bytes: of each of those
	// in a POST, whose sum is not bounded since one is held at a time, and of each
	// WebSocket message. Binary counts as what it is, not as base64. Default
	// 1,000,000.
	MaxPayload int64
	// MaxHandshake is MaxPayload for a session that has not been admitted
	// (Session.Admit), in bytes. Default: MaxPayload.
	MaxHandshake int64
	// ClientAddress tells where a request comes from, for a server behind a
	// proxy; the zero Addr if that is not known. Default: the address of the
	// connection.
	ClientAddress func(*http.Request) netip.Addr
	// MaxSessions is how many sessions one network address may have,
	// MaxStrangers how many of them may not have been admitted yet, and
	// MaxGuests how many may be admitted by Session.AdmitGuest. All IPv6
	// addresses of a /64 count as one. Handshakes above the first two are
	// answered with status 429. Default: any number.
	MaxSessions  int
	MaxStrangers int
	MaxGuests    int
	// Transports lists what clients may use. Default polling and websocket.
	Transports []string
	// AllowEIO3 lets clients of version 3 of the protocol in as well, which
	// Socket.IO 1.x and 2.x clients speak, over polling and WebSocket but not by
	// JSONP, which no check of origins would hold for. Default: they are refused.
	AllowEIO3 bool
	// DisableUpgrade keeps polling sessions from moving to WebSocket.
	DisableUpgrade bool
	// AllowedOrigins lists the origins ("https://chat.example") besides the
	// server's own from which browsers may connect, with credentials. The
	// entry "*" lets pages of every other origin connect without credentials:
	// what a browser adds by itself, Cookie and Authorization, is taken from
	// their requests, over WebSocket too, where CORS does not hold.
	AllowedOrigins []string
	// CheckOrigin, if set, decides alone which origins may connect. Requests
	// without an Origin header do not come from a browser's page and are
	// not asked about.
	CheckOrigin func(*http.Request) bool
	// CORS says what else pages of other origins may do. Default: connect, with
	// credentials.
	CORS CORS
	// AllowRequest, if set, decides whether a handshake may go on. An error refuses it
	// with code 4, and is what the client is told.
	AllowRequest func(*http.Request) error
	// OnConnectionError, if set, is told of each request that is refused: handshakes,
	// and requests of sessions that are not known or do not fit. It is called before
	// the request is answered and must not keep the request.
	OnConnectionError func(ConnectionError)
	// OnHeaders, if set, may add headers to each answer; initial says whether it is
	// that of a handshake.
	OnHeaders func(h http.Header, r *http.Request, initial bool)
	// Cookie, if set, is a cookie that gives clients which begin by polling their
	// session's id, for a balancer to go by: the value is filled in, and HttpOnly.
	// Empty fields default to the name "io", the path "/" and SameSite=Lax.
	Cookie *http.Cookie
	// NewID, if set, makes the ids of sessions. Whoever knows the id of a session can
	// act as its client: ids must be secret and hard to guess. An error, an empty id
	// or one that is in use refuses the handshake. Default: 120 random bits.
	NewID func(*http.Request) (string, error)
	// Traffic, if set, counts sessions and messages.
	Traffic *Traffic
	// OnForeignOrigin, if set, is told of each request that is refused because
	// of its origin, before that is answered.
	OnForeignOrigin func(*http.Request)
	// MaxQueueBytes and MaxQueuePackets bound what may wait to be read by
	// one client; past either, the session is closed with
	// ReasonSlowConsumer. Defaults 4 MiB and 16,384 packets.
	MaxQueueBytes   int
	MaxQueuePackets int
	// CompressFrom lets WebSocket messages of at least as many bytes be
	// compressed for clients that can inflate them (permessage-deflate,
	// without context takeover), and theirs be inflated, to MaxPayload at
	// most. A message to many is compressed once. Default 0: none is, which
	// is faster, and enough where messages are short.
	CompressFrom int
	// MaxPollPackets is the most packets that are put into the answer to one poll; the
	// others follow in the next one. Default 16, more of which python-engineio takes
	// for an attack.
	MaxPollPackets int
	// CompressPollsFrom lets answers to polls of at least as many bytes be compressed
	// by gzip for clients that accept that. Default 1024, as the official server's
	// httpCompression; negative: none is.
	CompressPollsFrom int
	// InitialPacket, if set, is sent right behind the handshake.
	InitialPacket *Message
	// Logger receives what goes wrong on single connections, at debug level, and
	// at most once a minute a warning that a network address has too many.
	// Default: nothing is logged.
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
