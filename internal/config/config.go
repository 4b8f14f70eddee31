// Package config defines every option of the program. The fields of Config and
// their tags are a table. The flags, the environment variables, the keys of the
// file, their checks and the help are derived from it.
package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Config holds the options that an operator can set. The tags of a field:
//
//	key         name of the flag and of the key in the file
//	env         name of the environment variable
//	envDefault  default, written as in the environment
//	group       heading in the help
//	arg         placeholder for the value in the help
//	help        what the option does, with its unit
//	min, max    bounds of a number, a time or the length of a text
//	oneof       the allowed words
//	form        kind of text: host
//	each        kind of every entry of a list: origin or network
//	url         the allowed schemes; the value may hold a password and is never shown
type Config struct {
	Data string `key:"data" env:"PARTYCHAT_DATA" envDefault:"./data" group:"Data" arg:"DIR" help:"folder for the database, unless it is in PostgreSQL; created if it does not exist" min:"1"`

	DatabaseURL         string `key:"database-url" env:"DATABASE_URL" group:"Data" arg:"URL" help:"PostgreSQL database to use instead of the data folder, such as postgres://user:password@host:5432/database; set it in the environment, where other users of the machine cannot see it" url:"postgres postgresql"`
	DatabaseConnections int    `key:"database-connections" env:"PARTYCHAT_DATABASE_CONNECTIONS" envDefault:"16" group:"Data" arg:"N" help:"maximum number of connections to PostgreSQL; each node uses one more, for its lock" min:"2" max:"1000"`
	RedisURL            string `key:"redis-url" env:"REDIS_URL" group:"Data" arg:"URL" help:"Redis 7 or Valkey that connects the nodes on one PostgreSQL, such as redis://user:password@host:6379, or rediss:// for TLS; a single node needs none" url:"redis rediss unix"`

	FileStorage  string `key:"file-storage" env:"PARTYCHAT_FILE_STORAGE" envDefault:"auto" group:"Files" arg:"WHERE" help:"where uploaded files are kept: disk means the data folder, s3 means --s3-url, off means that nobody can upload files; auto is s3 if --s3-url is set, otherwise disk on a single node and off with --redis-url, because nodes cannot share a folder" oneof:"auto disk s3 off"`
	S3URL        string `key:"s3-url" env:"PARTYCHAT_S3_URL" group:"Files" arg:"URL" help:"bucket for files on a server that speaks S3, such as https://s3.example.com/bucket; the path may go on with a prefix" url:"https http"`
	S3Region     string `key:"s3-region" env:"PARTYCHAT_S3_REGION" group:"Files" arg:"NAME" help:"region of the bucket, if its server needs one"`
	S3Key        string `key:"s3-key" env:"PARTYCHAT_S3_KEY" group:"Files" arg:"KEY" help:"access key for the bucket"`
	S3Secret     string `key:"s3-secret" env:"PARTYCHAT_S3_SECRET" group:"Files" arg:"SECRET" help:"secret of the access key; set it in the environment, where other users of the machine cannot see it"`
	FileMax      int64  `key:"file-max" env:"PARTYCHAT_FILE_MAX" envDefault:"104857600" group:"Files" arg:"BYTES" help:"maximum size of a file" min:"1024" max:"1099511627776"`
	FilesMessage int    `key:"files-message" env:"PARTYCHAT_FILES_MESSAGE" envDefault:"10" group:"Files" arg:"N" help:"files that one message may have" min:"1" max:"100"`
	FilesUser    int64  `key:"files-user" env:"PARTYCHAT_FILES_USER" envDefault:"2147483648" group:"Files" arg:"BYTES" help:"bytes that all files of one user may have together; deleting messages makes space" min:"1024" max:"1125899906842624"`
	FilesTotal   int64  `key:"files-total" env:"PARTYCHAT_FILES_TOTAL" envDefault:"0" group:"Files" arg:"BYTES" help:"bytes that all files of all users may have together; 0: unlimited" min:"0" max:"1125899906842624"`

	UploadAge time.Duration `key:"upload-age" env:"PARTYCHAT_UPLOAD_AGE" envDefault:"24h" group:"Files" arg:"TIME" help:"an upload that has not been sent, and to which nothing was added, is deleted after this time" min:"1h" max:"8760h"`

	ImagesAtOnce int           `key:"images-at-once" env:"PARTYCHAT_IMAGES_AT_ONCE" envDefault:"2" group:"Files" arg:"N" help:"pictures of which thumbnails are made at the same time; each takes a processor and up to --image-memory" min:"1" max:"64"`
	ImageMemory  int64         `key:"image-memory" env:"PARTYCHAT_IMAGE_MEMORY" envDefault:"134217728" group:"Files" arg:"BYTES" help:"memory that decoding one picture may take; pictures that need more get no thumbnails" min:"1048576" max:"4294967296"`
	ImageTimeout time.Duration `key:"image-timeout" env:"PARTYCHAT_IMAGE_TIMEOUT" envDefault:"10s" group:"Files" arg:"TIME" help:"time that decoding one picture may take; pictures that need more get no thumbnails" min:"100ms" max:"10m"`

	Push        bool          `key:"push" env:"PARTYCHAT_PUSH" envDefault:"true" group:"Push" arg:"[=true|false]" help:"whether people may turn on push notifications on their devices; the server sends them, encrypted, to the push service of the browser's maker"`
	PushContact string        `key:"push-contact" env:"PARTYCHAT_PUSH_CONTACT" group:"Push" arg:"TEXT" help:"mail address or https URL under which push services can reach the operator; empty: the address at which the device has opened the chat" max:"256"`
	PushPrivate bool          `key:"push-private" env:"PARTYCHAT_PUSH_PRIVATE" envDefault:"false" group:"Push" arg:"[=true|false]" help:"whether push services may have internal addresses and ports other than 443, for a push service of your own; users then choose where on your network the server sends requests"`
	PushDelay   time.Duration `key:"push-delay" env:"PARTYCHAT_PUSH_DELAY" envDefault:"3s" group:"Push" arg:"TIME" help:"a message that is read on one device within this time is not pushed to the others" min:"0s" max:"10m"`
	PushKeep    time.Duration `key:"push-keep" env:"PARTYCHAT_PUSH_KEEP" envDefault:"24h" group:"Push" arg:"TIME" help:"how long push services keep a push for a device that is off, and how long the server tries to reach them" min:"1m" max:"672h"`
	PushTimeout time.Duration `key:"push-timeout" env:"PARTYCHAT_PUSH_TIMEOUT" envDefault:"10s" group:"Push" arg:"TIME" help:"time limit of a request to a push service" min:"1s" max:"10m"`
	PushAtOnce  int           `key:"push-at-once" env:"PARTYCHAT_PUSH_AT_ONCE" envDefault:"16" group:"Push" arg:"N" help:"pushes that this node sends at the same time" min:"1" max:"10000"`
	PushDevices int           `key:"push-devices" env:"PARTYCHAT_PUSH_DEVICES" envDefault:"10" group:"Push" arg:"N" help:"devices of one user that receive pushes; one more replaces that which was used least recently" min:"1" max:"10000"`

	Host           string        `key:"host" env:"PARTYCHAT_HOST" group:"Network" arg:"ADDRESS" help:"address to listen on, such as 127.0.0.1 or ::1; empty means all addresses" form:"host"`
	Port           int           `key:"port" env:"PORT" envDefault:"3000" group:"Network" arg:"N" help:"TCP port to listen on; 0 selects a free one" min:"0" max:"65535"`
	AllowedOrigins []string      `key:"allowed-origins" env:"PARTYCHAT_ALLOWED_ORIGINS" group:"Network" arg:"LIST" help:"other origins whose pages may connect, such as https://chat.example, separated by commas; the server's own origin is always allowed" each:"origin"`
	TrustedProxies []string      `key:"trusted-proxies" env:"PARTYCHAT_TRUSTED_PROXIES" group:"Network" arg:"LIST" help:"addresses or networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and Forwarded headers are trusted, such as 10.0.0.0/8, separated by commas" each:"network"`
	HSTS           time.Duration `key:"hsts" env:"PARTYCHAT_HSTS" envDefault:"8760h" group:"Network" arg:"TIME" help:"how long browsers that have connected over TLS must use only TLS for this host, on every port; 0s leaves this to the proxy" min:"0s" max:"87600h"`

	SessionIdle      time.Duration `key:"session-idle" env:"PARTYCHAT_SESSION_IDLE" envDefault:"30m" group:"Sessions" arg:"TIME" help:"a session ends after this time without activity; an open page is activity" min:"1m" max:"8760h"`
	SessionMaxAge    time.Duration `key:"session-max-age" env:"PARTYCHAT_SESSION_MAX_AGE" envDefault:"2160h" group:"Sessions" arg:"TIME" help:"a session ends this long after log-in, whatever its activity" min:"1m" max:"87600h"`
	KeptSessionIdle  time.Duration `key:"kept-session-idle" env:"PARTYCHAT_KEPT_SESSION_IDLE" envDefault:"720h" group:"Sessions" arg:"TIME" help:"a session started with the choice to stay logged in ends after this time without activity, if this is longer than --session-idle" min:"1m" max:"8760h"`
	GuestSessionIdle time.Duration `key:"guest-session-idle" env:"PARTYCHAT_GUEST_SESSION_IDLE" envDefault:"720h" group:"Sessions" arg:"TIME" help:"a guest's session ends after this time without activity; it has no maximum age, because a guest has no password to log in again" min:"1m" max:"8760h"`

	SignUp            string        `key:"sign-up" env:"PARTYCHAT_SIGN_UP" envDefault:"open" group:"People" arg:"WHO" help:"who may create an account: open means everybody, invitation means people with an invitation link, closed means nobody" oneof:"open invitation closed"`
	Guests            bool          `key:"guests" env:"PARTYCHAT_GUESTS" envDefault:"true" group:"People" arg:"[=true|false]" help:"whether invitations may admit people with only a name, without a password"`
	JoinPage          bool          `key:"join-page" env:"PARTYCHAT_JOIN_PAGE" envDefault:"false" group:"People" arg:"[=true|false]" help:"whether guests may enter public rooms without an invitation, at /join"`
	Classic           bool          `key:"classic" env:"PARTYCHAT_CLASSIC" envDefault:"false" group:"People" arg:"[=true|false]" help:"whether clients of the classic events may connect with only a name; see docs/CLASSIC.md"`
	ClassicDialects   string        `key:"classic-dialects" env:"PARTYCHAT_CLASSIC_DIALECTS" group:"People" arg:"DIR" help:"folder of further dialects of the classic events, as YAML files; see docs/CLASSIC.md"`
	ClassicGreetAfter time.Duration `key:"classic-greet-after" env:"PARTYCHAT_CLASSIC_GREET_AFTER" envDefault:"500ms" group:"People" arg:"TIME" help:"how long a page must have sent nothing before it is greeted in all dialects; if this is shorter than a round trip, pages on slow links are greeted in dialects that they do not know" min:"1ms" max:"10m"`
	Pages             string        `key:"pages" env:"PARTYCHAT_PAGES" group:"People" arg:"DIR" help:"folder of a front end to serve on a separate port, with Socket.IO; every file in it becomes public"`
	PagesPort         int           `key:"pages-port" env:"PARTYCHAT_PAGES_PORT" envDefault:"0" group:"People" arg:"N" help:"TCP port of --pages; 0 selects the port after --port" min:"0" max:"65535"`

	AllowEIO3 bool `key:"allow-eio3" env:"PARTYCHAT_ALLOW_EIO3" envDefault:"false" group:"People" arg:"[=true|false]" help:"whether Socket.IO 2.x clients, which speak Engine.IO 3, may connect; with --classic the default is true"`

	LoginAttempts        int `key:"login-attempts" env:"PARTYCHAT_LOGIN_ATTEMPTS" envDefault:"5" group:"Limits" arg:"N" help:"wrong passwords for one username from one network address at once; then one attempt every 10 seconds" min:"1" max:"1000000"`
	LoginAttemptsName    int `key:"login-attempts-name" env:"PARTYCHAT_LOGIN_ATTEMPTS_NAME" envDefault:"50" group:"Limits" arg:"N" help:"the same for one username from all addresses together" min:"1" max:"1000000"`
	LoginAttemptsAddress int `key:"login-attempts-address" env:"PARTYCHAT_LOGIN_ATTEMPTS_ADDRESS" envDefault:"100" group:"Limits" arg:"N" help:"log-ins from one network address at once, for any username; then one per second" min:"1" max:"1000000"`
	LoginQueue           int `key:"login-queue" env:"PARTYCHAT_LOGIN_QUEUE" envDefault:"64" group:"Limits" arg:"N" help:"passwords that may wait to be checked or hashed; when the queue is full, clients are told to retry later; people who log in from an address that they have used before wait in a separate queue" min:"1" max:"100000"`
	SignupsAddress       int `key:"signups-address" env:"PARTYCHAT_SIGNUPS_ADDRESS" envDefault:"100" group:"Limits" arg:"N" help:"sign-ups from one network address at once; then one every 6 seconds" min:"1" max:"1000000"`
	SendRate             int `key:"send-rate" env:"PARTYCHAT_SEND_RATE" envDefault:"30" group:"Limits" arg:"N" help:"messages per second that one user may send; five times as many at once" min:"1" max:"1000000"`
	ReadRate             int `key:"read-rate" env:"PARTYCHAT_READ_RATE" envDefault:"50" group:"Limits" arg:"N" help:"pages and lists per second that one user may read; ten times as many at once" min:"1" max:"1000000"`
	ReadBytes            int `key:"read-bytes" env:"PARTYCHAT_READ_BYTES" envDefault:"8388608" group:"Limits" arg:"BYTES" help:"bytes of pages that one user may read at the same time; each read counts as a full page (limits memory)" min:"1024" max:"1073741824"`
	ReadBytesTotal       int `key:"read-bytes-total" env:"PARTYCHAT_READ_BYTES_TOTAL" envDefault:"67108864" group:"Limits" arg:"BYTES" help:"the same for all users of this node together" min:"1024" max:"17179869184"`
	ClassicRelayMax      int `key:"classic-relay-max" env:"PARTYCHAT_CLASSIC_RELAY_MAX" envDefault:"4096" group:"Limits" arg:"BYTES" help:"largest object that the classic events relay with members that the server does not know, in bytes of JSON; from a larger object only the known members are relayed" min:"1" max:"1000000"`
	ClassicPeopleMax     int `key:"classic-people-max" env:"PARTYCHAT_CLASSIC_PEOPLE_MAX" envDefault:"1000" group:"Limits" arg:"N" help:"people in a room whom the classic events name; more are counted, but not named" min:"1" max:"100000"`
	WriteRate            int `key:"write-rate" env:"PARTYCHAT_WRITE_RATE" envDefault:"10" group:"Limits" arg:"N" help:"changes per second, other than messages, that one user may make; ten times as many at once" min:"1" max:"1000000"`
	StreamLogMax         int `key:"stream-log-max" env:"PARTYCHAT_STREAM_LOG_MAX" envDefault:"1000" group:"Limits" arg:"N" help:"how many departures, such as rooms left and sessions ended, are remembered for each user and each room; a device that missed more of them reloads everything, without the reasons" min:"10" max:"1000000"`
	ReactionsMax         int `key:"reactions-max" env:"PARTYCHAT_REACTIONS_MAX" envDefault:"20" group:"Limits" arg:"N" help:"different emoji with which people may react to one message" min:"1" max:"50"`
	ReactionUsers        int `key:"reaction-users" env:"PARTYCHAT_REACTION_USERS" envDefault:"10" group:"Limits" arg:"N" help:"people listed by name for each reaction; more are counted, but not named" min:"1" max:"50"`
	PinsMax              int `key:"pins-max" env:"PARTYCHAT_PINS_MAX" envDefault:"100" group:"Limits" arg:"N" help:"messages that can be pinned to one room" min:"1" max:"200"`
	BookmarksMax         int `key:"bookmarks-max" env:"PARTYCHAT_BOOKMARKS_MAX" envDefault:"1000" group:"Limits" arg:"N" help:"bookmarks that one user may have" min:"1" max:"100000"`
	DisplayNameMax       int `key:"display-name-max" env:"PARTYCHAT_DISPLAY_NAME_MAX" envDefault:"64" group:"Limits" arg:"N" help:"maximum length of a display name, in characters" min:"1" max:"200"`
	StatusMax            int `key:"status-max" env:"PARTYCHAT_STATUS_MAX" envDefault:"80" group:"Limits" arg:"N" help:"maximum length of the text of a status, in characters" min:"1" max:"500"`
	RoomBurst            int `key:"room-burst" env:"PARTYCHAT_ROOM_BURST" envDefault:"30" group:"Limits" arg:"N" help:"rooms that one user may create at once; then one per minute" min:"1" max:"1000000"`
	MessageMax           int `key:"message-max" env:"PARTYCHAT_MESSAGE_MAX" envDefault:"8000" group:"Limits" arg:"N" help:"maximum length of a message, in characters" min:"1" max:"100000"`
	MentionsMax          int `key:"mentions-max" env:"PARTYCHAT_MENTIONS_MAX" envDefault:"50" group:"Limits" arg:"N" help:"maximum number of names in one message that are looked up as mentions; further ones stay plain text" min:"1" max:"10000"`
	PageBytes            int `key:"page-bytes" env:"PARTYCHAT_PAGE_BYTES" envDefault:"262144" group:"Limits" arg:"BYTES" help:"maximum size of a page of messages or rooms, in bytes of JSON; only its first entry may be larger" min:"1024" max:"2097152"`
	SearchCandidates     int `key:"search-candidates" env:"PARTYCHAT_SEARCH_CANDIDATES" envDefault:"2000" group:"Limits" arg:"N" help:"messages that one page of a search reads at most to compare them with the search; if they do not fill the page, the reader's client continues with the next one" min:"100" max:"1000000"`
	SearchTail           int `key:"search-tail" env:"PARTYCHAT_SEARCH_TAIL" envDefault:"5000" group:"Limits" arg:"N" help:"messages that are not indexed yet that one page of a search reads at most; the newest come first" min:"100" max:"1000000"`
	RoomNameMax          int `key:"room-name-max" env:"PARTYCHAT_ROOM_NAME_MAX" envDefault:"64" group:"Limits" arg:"N" help:"maximum length of a room's name, in characters" min:"1" max:"1000"`
	TopicMax             int `key:"topic-max" env:"PARTYCHAT_TOPIC_MAX" envDefault:"256" group:"Limits" arg:"N" help:"maximum length of a room's topic, in characters" min:"1" max:"10000"`
	PasswordMin          int `key:"password-min" env:"PARTYCHAT_PASSWORD_MIN" envDefault:"8" group:"Limits" arg:"N" help:"minimum length of a password, in characters" min:"1" max:"256"`

	PingInterval   time.Duration `key:"ping-interval" env:"PARTYCHAT_PING_INTERVAL" envDefault:"25s" group:"Connections" arg:"TIME" help:"time between two heartbeats of a connection" min:"100ms" max:"10m"`
	PingTimeout    time.Duration `key:"ping-timeout" env:"PARTYCHAT_PING_TIMEOUT" envDefault:"20s" group:"Connections" arg:"TIME" help:"a connection that does not answer a heartbeat within this time is closed" min:"100ms" max:"10m"`
	JoinTimeout    time.Duration `key:"join-timeout" env:"PARTYCHAT_JOIN_TIMEOUT" envDefault:"10s" group:"Connections" arg:"TIME" help:"a socket that has not been admitted within this time is closed" min:"100ms" max:"10m"`
	ReceiveTimeout time.Duration `key:"receive-timeout" env:"PARTYCHAT_RECEIVE_TIMEOUT" envDefault:"30s" group:"Connections" arg:"TIME" help:"time limit for the body of a request, a WebSocket message, or the attachments of a packet to arrive" min:"100ms" max:"10m"`
	WriteTimeout   time.Duration `key:"write-timeout" env:"PARTYCHAT_WRITE_TIMEOUT" envDefault:"90s" group:"Connections" arg:"TIME" help:"maximum time from a client's request until the client has read the answer, including the time to compute it" min:"100ms" max:"10m"`
	MaxHandshake   int64         `key:"max-handshake" env:"PARTYCHAT_MAX_HANDSHAKE" envDefault:"16384" group:"Connections" arg:"BYTES" help:"maximum size of a packet from a socket that has not been admitted yet, in bytes; also of its auth, and of its cookies and query together; a returning client names its rooms in its auth, about 25 bytes each" min:"1024" max:"1000000"`

	ConnectionsAddress int `key:"connections-address" env:"PARTYCHAT_CONNECTIONS_ADDRESS" envDefault:"5000" group:"Connections" arg:"N" help:"HTTP connections that one network address may have open; here and below, all IPv6 addresses of a /64 count as one" min:"1" max:"1000000"`
	GuestsAddress      int `key:"guests-address" env:"PARTYCHAT_GUESTS_ADDRESS" envDefault:"500" group:"Connections" arg:"N" help:"sockets of one network address that belong to guests by name, who use the classic events" min:"1" max:"1000000"`
	SocketsAddress     int `key:"sockets-address" env:"PARTYCHAT_SOCKETS_ADDRESS" envDefault:"10000" group:"Connections" arg:"N" help:"sockets that one network address may have open" min:"1" max:"1000000"`
	StrangersAddress   int `key:"strangers-address" env:"PARTYCHAT_STRANGERS_ADDRESS" envDefault:"5000" group:"Connections" arg:"N" help:"sockets of one network address that have not been admitted yet" min:"1" max:"1000000"`

	CompressPolls int `key:"compress-polls" env:"PARTYCHAT_COMPRESS_POLLS" envDefault:"1024" group:"Connections" arg:"BYTES" help:"answers to long polling of at least this size are compressed for clients that accept gzip; 0: never" min:"0" max:"1000000000"`

	MaxPayload int64 `key:"max-payload" env:"PARTYCHAT_MAX_PAYLOAD" envDefault:"1000000" group:"Connections" arg:"BYTES" help:"maximum size of a Socket.IO packet from a client, in bytes; a request may hold many" min:"1024" max:"1000000000"`

	LogLevel  string `key:"log-level" env:"PARTYCHAT_LOG_LEVEL" envDefault:"info" group:"Operation" arg:"LEVEL" help:"lowest level that is logged: debug, info, warn or error" oneof:"debug info warn error"`
	LogFormat string `key:"log-format" env:"PARTYCHAT_LOG_FORMAT" envDefault:"text" group:"Operation" arg:"FORMAT" help:"format of the log: text or json" oneof:"text json"`

	CompareInterval time.Duration `key:"compare-interval" env:"PARTYCHAT_COMPARE_INTERVAL" envDefault:"30s" group:"Operation" arg:"TIME" help:"interval at which this node compares the rooms and users of its connections with the database, to find changes without an event, such as those of a node that died before publishing" min:"100ms" max:"24h"`
	NodeLease       time.Duration `key:"node-lease" env:"PARTYCHAT_NODE_LEASE" envDefault:"30s" group:"Operation" arg:"TIME" help:"with several nodes: when a node has died, its users are shown as offline, and leave the rooms of classic pages, within this time; the same on all nodes" min:"3s" max:"10m"`

	IndexShare     int `key:"index-share" env:"PARTYCHAT_INDEX_SHARE" envDefault:"50" group:"Operation" arg:"PERCENT" help:"part of the time that this node spends at most on adding messages to the search index; searches find new messages before they are added" min:"1" max:"100"`
	IndexShareBusy int `key:"index-share-busy" env:"PARTYCHAT_INDEX_SHARE_BUSY" envDefault:"3" group:"Operation" arg:"PERCENT" help:"the same while more than 200 messages per second are sent on this node" min:"1" max:"100"`

	FarewellTimeout time.Duration `key:"farewell-timeout" env:"PARTYCHAT_FAREWELL_TIMEOUT" envDefault:"400ms" group:"Operation" arg:"TIME" help:"when the server stops, clients that do not confirm within this time are disconnected; they reconnect anyway" min:"1ms" max:"10m"`
	ShutdownTimeout time.Duration `key:"shutdown-timeout" env:"PARTYCHAT_SHUTDOWN_TIMEOUT" envDefault:"10s" group:"Operation" arg:"TIME" help:"maximum duration of a graceful stop" min:"1s" max:"10m"`
}

// Address is the address to listen on, in the form of net.Listen.
func (c Config) Address() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}

// PagesAddress is the address on which Pages are served, in the form of net.Listen.
func (c Config) PagesAddress() string {
	port := c.PagesPort
	if port == 0 && c.Port != 0 {
		port = c.Port + 1
	}
	return net.JoinHostPort(c.Host, strconv.Itoa(port))
}

// Proxies returns TrustedProxies as networks.
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
