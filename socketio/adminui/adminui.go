// Package adminui serves npm's @socket.io/admin-ui: it adds the namespace that the
// page of that package connects to, "/admin" by default, and shows and moves the
// sockets of a server there.
//
//	admin, err := adminui.Instrument(server, adminui.Options{
//		Username:     "admin",
//		PasswordHash: os.Getenv("ADMIN_HASH"), // of bcrypt
//	})
//	defer admin.Close()
//
// Whoever logs in sees what the server knows of its clients: addresses, the
// application's data and every event. Tokens are not shown: cookies, auth, the values
// of query parameters, and headers other than those that servers and proxies
// commonly look at. Reports are made only while a page is connected, to this process
// or to another one, and connection recovery does not keep them.
// Handlers of OnConnect that were added before Instrument have run when a socket is
// shown.
//
// The page's files are in the npm package's folder ui/dist, for any web server. If
// that has another origin, add it to Options.Engine.AllowedOrigins of the server.
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

// Options configure Instrument. Credentials are required, or NoAuth.
type Options struct {
	// Namespace is where the page connects to. Default "/admin".
	Namespace string
	// Username and PasswordHash are the credentials that let people in. The hash is
	// one of bcrypt.
	Username, PasswordHash string
	// NoAuth lets everybody in who can reach the server.
	NoAuth bool
	// ReadOnly offers no command: no emitting, joining, leaving and disconnecting.
	ReadOnly bool
	// Aggregated shows only numbers, not each socket, room and event: what the
	// official package calls mode "production". Use it for a busy server.
	Aggregated bool
	// ServerID names this process. Default: the host's name.
	ServerID string
	// Interval is the time between two reports of numbers. Default 2 seconds.
	Interval time.Duration
	// Sessions keeps who has logged in, so that a page that is loaded again need not
	// ask. Default: in memory, for a day.
	Sessions SessionStore
	// Traffic is what Options.Engine.Traffic of the server counts into; without it,
	// the page shows no traffic. Nothing else may Take from it.
	Traffic *engineio.Traffic
}

// maxAttempts is how many wrong passwords one network address may try a minute.
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
	polling map[*socketio.Socket]bool // sockets that may change their transport

	stop context.CancelFunc
	done chan struct{}
}

// Instrument adds the admin namespace to a server and reports there until Close. It
// fails without credentials, and if the password's hash is none.
func Instrument(server *socketio.Server, opts Options) (*Admin, error) {
	if !opts.NoAuth {
		if opts.Username == "" {
			return nil, errors.New("adminui: set Username and PasswordHash, or NoAuth")
		}
		if _, err := bcrypt.Cost([]byte(opts.PasswordHash)); err != nil {
			return nil, errors.New("adminui: PasswordHash is no hash of bcrypt")
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

// features are what the page may offer.
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

// welcome tells a page what there is.
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
