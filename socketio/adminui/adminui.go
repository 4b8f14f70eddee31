// Package adminui is a server for npm's @socket.io/admin-ui. It adds the namespace that the admin page
// connects to, "/admin" by default, where the page shows and controls the sockets of a server.
//
//	admin, err := adminui.Instrument(server, adminui.Options{
//		Username:     "admin",
//		PasswordHash: os.Getenv("ADMIN_HASH"), // a bcrypt hash
//	})
//	defer admin.Close()
//
// Anybody who logs in sees what the server knows of its clients: addresses, the application's data and
// every event. Secrets are hidden: cookies, auth, the values of query parameters, and all headers
// except well-known ones that servers and proxies commonly read. Reports are made only while a page is
// connected, to this process or another one, and are not kept for connection recovery. A socket is
// reported after the OnConnect handlers that were added before Instrument have run.
//
// The page's files are in the npm package's folder ui/dist; any web server can serve them. If that
// server has another origin, add it to the server's Options.Engine.AllowedOrigins.
package adminui

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	"partychat/engineio"
	"partychat/socketio"
)

// Options configure Instrument. Either credentials or NoAuth are required.
type Options struct {
	// Namespace is the namespace that the page connects to. Default "/admin".
	Namespace string
	// Username and PasswordHash are the credentials for logging in. The hash is a bcrypt hash.
	Username, PasswordHash string
	// NoAuth admits everybody who can reach the server.
	NoAuth bool
	// ReadOnly disables all commands: emit, join, leave and disconnect.
	ReadOnly bool
	// Aggregated shows only numbers, not single sockets, rooms and events. The official package calls
	// this mode "production". Use it for a busy server.
	Aggregated bool
	// ServerID names this process. Default: the host name.
	ServerID string
	// Interval is the time between two reports of statistics. Default 2 seconds.
	Interval time.Duration
	// Sessions stores login sessions, so that a reloaded page need not log in again. Default: in
	// memory, for a day.
	Sessions SessionStore
	// Traffic is the server's Options.Engine.Traffic. Without it the page shows no traffic. Nothing
	// else may call its Take.
	Traffic *engineio.Traffic
}

// maxAttempts is the number of wrong passwords allowed per network and minute.
const maxAttempts = 10

// Admin is the admin namespace of a server.
type Admin struct {
	opts     Options
	server   *socketio.Server
	ns       *socketio.Namespace
	started  time.Time
	hostname string
	gate     gate
	audience audience

	mu      sync.Mutex
	polling map[*socketio.Socket]bool // sockets that may still change their transport

	stop context.CancelFunc
	done chan struct{}
}

// Instrument adds the admin namespace to a server and reports to it until Close. It fails without
// credentials and if PasswordHash is not a bcrypt hash.
func Instrument(server *socketio.Server, opts Options) (*Admin, error) {
	if !opts.NoAuth {
		if opts.Username == "" {
			return nil, errors.New("adminui: set Username and PasswordHash, or NoAuth")
		}
		if _, err := bcrypt.Cost([]byte(opts.PasswordHash)); err != nil {
			return nil, errors.New("adminui: PasswordHash is not a bcrypt hash")
		}
	}
	setDefault(&opts.Namespace, "/admin")
	setDefault(&opts.Interval, 2*time.Second)
	if opts.Sessions == nil {
		opts.Sessions = &memoryStore{}
	}
	hostname, err := os.Hostname()
	if err != nil {
		hostname = "unknown"
	}
	setDefault(&opts.ServerID, hostname)
	ctx, stop := context.WithCancel(context.Background())
	a := &Admin{
		opts: opts, server: server, ns: server.Of(opts.Namespace), started: time.Now(), hostname: hostname,
		polling: make(map[*socketio.Socket]bool), stop: stop, done: make(chan struct{}),
	}
	socketio.WithoutRecovery(a.ns)
	if !opts.NoAuth {
		a.ns.Use(a.authenticate)
	}
	a.audience.register(a.ns, opts.Interval)
	a.ns.OnConnect(a.welcome)
	if !opts.ReadOnly {
		a.registerCommands()
	}
	if !opts.Aggregated {
		server.OnNamespace(a.watch)
	}
	go a.report(ctx)
	return a, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Close ends the reports. The namespace stays.
func (a *Admin) Close() {
	a.stop()
	<-a.done
}

// features lists what the page may offer.
func (a *Admin) features() []string {
	var features []string
	if !a.opts.ReadOnly {
		features = append(features, "EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT")
	}
	features = append(features, "AGGREGATED_EVENTS")
	if !a.opts.Aggregated {
		features = append(features, "ALL_EVENTS")
	}
	return features
}

// welcome sends a page the current state.
func (a *Admin) welcome(s *socketio.Socket) {
	if made, ok := s.Data().(session); ok {
		_ = s.Emit("session", string(made)) // here and below: fails if the page has gone
	}
	_ = s.Emit("config", map[string]any{"supportedFeatures": a.features()})
	_ = s.Emit("server_stats", a.stats(engineio.TrafficCounts{}))
	if !a.opts.Aggregated {
		_ = s.Emit("all_sockets", a.allSockets(s.Context()))
	}
}
