// Package config knows every option of the program. The fields of Config, with
// their tags, are the one table from which the flags, the environment
// variables, the keys of the file, their checks and the help come.
package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Config is what an operator may set. The tags of a field:
//
//	key         name of the flag and of the key in the file
//	env         name of the environment variable
//	envDefault  default, as one would write it
//	group       heading in the help
//	arg         what stands for the value in the help
//	help        what it does, with its unit
//	min, max    bounds of numbers, times and the lengths of text
//	oneof       the allowed words
//	form        what kind of text it is: host
//	each        what every entry of a list must be: an origin or a network
//	url         the allowed schemes; such a value holds a password and is never shown
type Config struct {
	Data string `key:"data" env:"PARTYCHAT_DATA" envDefault:"./data" group:"Data" arg:"DIR" help:"folder with the database, unless that is in PostgreSQL; made if it is missing" min:"1"`

	DatabaseURL         string `key:"database-url" env:"DATABASE_URL" group:"Data" arg:"URL" help:"PostgreSQL to keep everything in instead, such as postgres://user:password@host:5432/database; better given in the environment, where other users of the machine do not see it" url:"postgres postgresql"`
	DatabaseConnections int    `key:"database-connections" env:"PARTYCHAT_DATABASE_CONNECTIONS" envDefault:"16" group:"Data" arg:"N" help:"connections to PostgreSQL at most; each node has one more, for its lock" min:"2" max:"1000"`
	RedisURL            string `key:"redis-url" env:"REDIS_URL" group:"Data" arg:"URL" help:"Redis 7 or Valkey by which the nodes on one PostgreSQL reach each other, such as redis://user:password@host:6379, or rediss:// with TLS; one node needs none" url:"redis rediss unix"`

	Host           string        `key:"host" env:"PARTYCHAT_HOST" group:"Network" arg:"ADDRESS" help:"address to listen on, such as 127.0.0.1 or ::1; all addresses if empty" form:"host"`
	Port           int           `key:"port" env:"PORT" envDefault:"3000" group:"Network" arg:"N" help:"TCP port to listen on; 0 picks a free one" min:"0" max:"65535"`
	AllowedOrigins []string      `key:"allowed-origins" env:"PARTYCHAT_ALLOWED_ORIGINS" group:"Network" arg:"LIST" help:"origins besides the server's own whose pages may connect, such as https://chat.example, separated by commas" each:"origin"`
	TrustedProxies []string      `key:"trusted-proxies" env:"PARTYCHAT_TRUSTED_PROXIES" group:"Network" arg:"LIST" help:"addresses or networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and Forwarded are believed, such as 10.0.0.0/8, separated by commas" each:"network"`
	HSTS           time.Duration `key:"hsts" env:"PARTYCHAT_HSTS" envDefault:"8760h" group:"Network" arg:"TIME" help:"how long browsers that came over TLS use nothing else for this host, on every port of it; 0s leaves that to the proxy" min:"0s" max:"87600h"`

	SessionIdle      time.Duration `key:"session-idle" env:"PARTYCHAT_SESSION_IDLE" envDefault:"30m" group:"Sessions" arg:"TIME" help:"a session ends after this long without activity; an open page is activity" min:"1m" max:"8760h"`
	SessionMaxAge    time.Duration `key:"session-max-age" env:"PARTYCHAT_SESSION_MAX_AGE" envDefault:"2160h" group:"Sessions" arg:"TIME" help:"a session ends after this long whatever happens" min:"1m" max:"87600h"`
	KeptSessionIdle  time.Duration `key:"kept-session-idle" env:"PARTYCHAT_KEPT_SESSION_IDLE" envDefault:"720h" group:"Sessions" arg:"TIME" help:"the same for people who chose to stay signed in on their device, if it is longer" min:"1m" max:"8760h"`
	GuestSessionIdle time.Duration `key:"guest-session-idle" env:"PARTYCHAT_GUEST_SESSION_IDLE" envDefault:"720h" group:"Sessions" arg:"TIME" help:"a guest's session ends after this long without activity, and for no other reason: guests have no password to log in with again" min:"1m" max:"8760h"`

	SignUp   string `key:"sign-up" env:"PARTYCHAT_SIGN_UP" envDefault:"open" group:"People" arg:"WHO" help:"who may make an account: open is everybody, invitation is whoever has an invitation link, closed is nobody" oneof:"open invitation closed"`
	Guests   bool   `key:"guests" env:"PARTYCHAT_GUESTS" envDefault:"true" group:"People" arg:"[=true|false]" help:"whether an invitation may let people in by a name alone, without a password"`
	JoinPage bool   `key:"join-page" env:"PARTYCHAT_JOIN_PAGE" envDefault:"false" group:"People" arg:"[=true|false]" help:"whether guests may come into public rooms without an invitation, at /join"`
	Classic  bool   `key:"classic" env:"PARTYCHAT_CLASSIC" envDefault:"false" group:"People" arg:"[=true|false]" help:"whether clients of the classic events may come in by a name alone; see docs/CLASSIC.md"`

	LoginAttempts        int `key:"login-attempts" env:"PARTYCHAT_LOGIN_ATTEMPTS" envDefault:"5" group:"Limits" arg:"N" help:"wrong passwords for one username from one network address, before there is one try every 10 seconds" min:"1" max:"1000000"`
	LoginAttemptsName    int `key:"login-attempts-name" env:"PARTYCHAT_LOGIN_ATTEMPTS_NAME" envDefault:"50" group:"Limits" arg:"N" help:"the same for one username from all addresses together" min:"1" max:"1000000"`
	LoginAttemptsAddress int `key:"login-attempts-address" env:"PARTYCHAT_LOGIN_ATTEMPTS_ADDRESS" envDefault:"100" group:"Limits" arg:"N" help:"log-ins from one network address, whatever the username, before there is one try a second" min:"1" max:"1000000"`
	LoginQueue           int `key:"login-queue" env:"PARTYCHAT_LOGIN_QUEUE" envDefault:"64" group:"Limits" arg:"N" help:"passwords that wait to be checked or hashed; further log-ins are asked to come back later; people who log in from where they did before wait in a queue of their own" min:"1" max:"100000"`
	SignupsAddress       int `key:"signups-address" env:"PARTYCHAT_SIGNUPS_ADDRESS" envDefault:"100" group:"Limits" arg:"N" help:"sign-ups from one network address, before there is one every 6 seconds" min:"1" max:"1000000"`
	SendRate             int `key:"send-rate" env:"PARTYCHAT_SEND_RATE" envDefault:"30" group:"Limits" arg:"N" help:"messages a second that one user may go on sending; five times as many at once" min:"1" max:"1000000"`
	ReadRate             int `key:"read-rate" env:"PARTYCHAT_READ_RATE" envDefault:"50" group:"Limits" arg:"N" help:"pages and lists a second that one user may go on reading; ten times as many at once" min:"1" max:"1000000"`
	ReadBytes            int `key:"read-bytes" env:"PARTYCHAT_READ_BYTES" envDefault:"8388608" group:"Limits" arg:"BYTES" help:"what one user may read at the same moment, each read counted as a whole page; it bounds memory" min:"1024" max:"1073741824"`
	ReadBytesTotal       int `key:"read-bytes-total" env:"PARTYCHAT_READ_BYTES_TOTAL" envDefault:"67108864" group:"Limits" arg:"BYTES" help:"the same for all users of this node together" min:"1024" max:"17179869184"`
	WriteRate            int `key:"write-rate" env:"PARTYCHAT_WRITE_RATE" envDefault:"10" group:"Limits" arg:"N" help:"changes a second, other than messages, that one user may go on making; ten times as many at once" min:"1" max:"1000000"`
	RoomBurst            int `key:"room-burst" env:"PARTYCHAT_ROOM_BURST" envDefault:"30" group:"Limits" arg:"N" help:"rooms that one user may make, before there is one a minute" min:"1" max:"1000000"`
	MessageMax           int `key:"message-max" env:"PARTYCHAT_MESSAGE_MAX" envDefault:"8000" group:"Limits" arg:"N" help:"longest message, in characters" min:"1" max:"100000"`
	PageBytes            int `key:"page-bytes" env:"PARTYCHAT_PAGE_BYTES" envDefault:"262144" group:"Limits" arg:"BYTES" help:"most that one page of messages or rooms holds, in bytes of JSON, unless its first entry alone is larger" min:"1024" max:"2097152"`
	RoomNameMax          int `key:"room-name-max" env:"PARTYCHAT_ROOM_NAME_MAX" envDefault:"64" group:"Limits" arg:"N" help:"longest name of a room, in characters" min:"1" max:"1000"`
	TopicMax             int `key:"topic-max" env:"PARTYCHAT_TOPIC_MAX" envDefault:"256" group:"Limits" arg:"N" help:"longest topic of a room, in characters" min:"1" max:"10000"`
	PasswordMin          int `key:"password-min" env:"PARTYCHAT_PASSWORD_MIN" envDefault:"8" group:"Limits" arg:"N" help:"shortest password, in characters" min:"1" max:"256"`

	PingInterval   time.Duration `key:"ping-interval" env:"PARTYCHAT_PING_INTERVAL" envDefault:"25s" group:"Connections" arg:"TIME" help:"time between two heartbeats of a connection" min:"100ms" max:"10m"`
	PingTimeout    time.Duration `key:"ping-timeout" env:"PARTYCHAT_PING_TIMEOUT" envDefault:"20s" group:"Connections" arg:"TIME" help:"a connection that has not answered a heartbeat after this long is closed" min:"100ms" max:"10m"`
	JoinTimeout    time.Duration `key:"join-timeout" env:"PARTYCHAT_JOIN_TIMEOUT" envDefault:"10s" group:"Connections" arg:"TIME" help:"a socket that has not been let in after this long is closed" min:"100ms" max:"10m"`
	ReceiveTimeout time.Duration `key:"receive-timeout" env:"PARTYCHAT_RECEIVE_TIMEOUT" envDefault:"30s" group:"Connections" arg:"TIME" help:"the body of a request, a WebSocket message, or the attachments of a packet must have arrived after this long" min:"100ms" max:"10m"`
	WriteTimeout   time.Duration `key:"write-timeout" env:"PARTYCHAT_WRITE_TIMEOUT" envDefault:"90s" group:"Connections" arg:"TIME" help:"a client must have read an answer this long after it asked, the time to work on it included" min:"100ms" max:"10m"`
	MaxHandshake   int64         `key:"max-handshake" env:"PARTYCHAT_MAX_HANDSHAKE" envDefault:"8192" group:"Connections" arg:"BYTES" help:"largest packet of a socket that has not been let in, and the most that its cookies, query and auth may have, in bytes" min:"1024" max:"1000000"`

	ConnectionsAddress int `key:"connections-address" env:"PARTYCHAT_CONNECTIONS_ADDRESS" envDefault:"5000" group:"Connections" arg:"N" help:"HTTP connections that one network address may have open; all IPv6 addresses of a /64 count as one, here and below" min:"1" max:"1000000"`
	SocketsAddress     int `key:"sockets-address" env:"PARTYCHAT_SOCKETS_ADDRESS" envDefault:"10000" group:"Connections" arg:"N" help:"sockets that one network address may have open" min:"1" max:"1000000"`
	StrangersAddress   int `key:"strangers-address" env:"PARTYCHAT_STRANGERS_ADDRESS" envDefault:"1000" group:"Connections" arg:"N" help:"sockets of one network address that have not been let in yet, or by a name alone" min:"1" max:"1000000"`

	MaxPayload int64 `key:"max-payload" env:"PARTYCHAT_MAX_PAYLOAD" envDefault:"1000000" group:"Connections" arg:"BYTES" help:"largest Socket.IO packet that a client may send, in bytes" min:"1024" max:"1000000000"`

	LogLevel  string `key:"log-level" env:"PARTYCHAT_LOG_LEVEL" envDefault:"info" group:"Operation" arg:"LEVEL" help:"what is logged: debug, info, warn or error" oneof:"debug info warn error"`
	LogFormat string `key:"log-format" env:"PARTYCHAT_LOG_FORMAT" envDefault:"text" group:"Operation" arg:"FORMAT" help:"how the log is written: text or json" oneof:"text json"`

	FarewellTimeout time.Duration `key:"farewell-timeout" env:"PARTYCHAT_FAREWELL_TIMEOUT" envDefault:"400ms" group:"Operation" arg:"TIME" help:"when the server stops, clients that have not taken note after this long are cut; they come back all the same" min:"1ms" max:"10m"`
	ShutdownTimeout time.Duration `key:"shutdown-timeout" env:"PARTYCHAT_SHUTDOWN_TIMEOUT" envDefault:"10s" group:"Operation" arg:"TIME" help:"a graceful stop takes at most this long" min:"1s" max:"10m"`
}

// Address is where to listen, as net.Listen takes it.
func (c Config) Address() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}

// Proxies is TrustedProxies as networks.
func (c Config) Proxies() []netip.Prefix {
	networks := make([]netip.Prefix, 0, len(c.TrustedProxies))
	for _, entry := range c.TrustedProxies {
		if network, err := parseNetwork(entry); err == nil {
			networks = append(networks, network)
		}
	}
	return networks
}

// parseNetwork reads a network in CIDR notation, or a single address.
func parseNetwork(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		return netip.ParsePrefix(s)
	}
	address, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return address.Prefix(address.BitLen())
}
