// Package app builds the server from its parts; it is the only package that knows
// them all. The program and the end-to-end tests both use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"

	"partychat/engineio"
	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/gateway"
	"partychat/internal/httpapi"
	"partychat/internal/jobs"
	"partychat/internal/naming"
	"partychat/internal/obs"
	"partychat/internal/ratelimit"
	"partychat/socketio"
	"partychat/web"
)

const (
	// headerTimeout is how long a client may take to send a request's headers.
	headerTimeout = 10 * time.Second
	// keepAliveTimeout is how long an idle HTTP connection is kept open.
	keepAliveTimeout = 2 * time.Minute
	// roomsPerSecond is the rate at which a user's allowance of --room-burst
	// refills.
	roomsPerSecond = 1.0 / 60
	// maxConnecting is the number of sockets that may connect at the same time.
	// More would only wait for the database, each with a stack and a list of rooms
	// in memory.
	maxConnecting = 128
	// sweepInterval is the interval at which expired sessions are removed.
	sweepInterval = time.Minute
)

// App is a listening server.
type App struct {
	config   config.Config
	log      *slog.Logger
	listener net.Listener
	backends
	health   health
	sessions *auth.Sessions
	accounts accounts
	sockets  *socketio.Server
	gateway  *gateway.Gateway
	classic  *classic.Classic
	dialects *dialect.Set
	pages    *pages // nil without --pages
	files    *chat.Files
	pushes   *pushes // nil without --push
	chores   *jobs.Runner
	http     *http.Server
	conns    conns
}

// New opens the database, migrates it to the current schema, and listens.
// Connections wait until Run serves them. Its errors are sentences for the
// operator.
func New(ctx context.Context, c config.Config, log *slog.Logger) (*App, error) {
	dialects, err := dialectsOf(c)
	if err != nil {
		return nil, err
	}
	return newWith(ctx, c, log, dialects)
}

// newWith is New with the given dialects of the classic events.
func newWith(ctx context.Context, c config.Config, log *slog.Logger, dialects *dialect.Set) (_ *App, err error) {
	a := &App{config: c, dialects: dialects, log: slog.New(newOutageLog(log.Handler()))}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if a.backends, err = open(ctx, c, a.log); err != nil {
		return nil, err
	}
	a.health = a.watched(a.log)
	if a.pushes, err = openPushes(ctx, c, a.store, a.log); err != nil {
		return nil, err
	}
	services, err := a.build()
	if err != nil {
		return nil, err
	}
	if a.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", c.Address()); err != nil {
		return nil, listenError(c.Address(), "--port or PORT", err)
	}
	if err := a.openPages(ctx); err != nil {
		return nil, err
	}
	a.accounts = accounts{store: a.store, broker: a.broker, sessions: a.sessions, log: a.log, every: accountInterval}
	if err := a.accounts.act(ctx); err != nil { // before anybody can use a session that a command has ended
		return nil, fmt.Errorf("cannot apply changes made by a command: %w", err)
	}
	a.log.Info("listening", "address", a.Addr(), "database", a.database, "files", a.filesAt, "other nodes", a.others)
	return a, a.offerSetup(ctx, services.Operator)
}

// build creates the parts above the store.
func (a *App) build() (*chat.Chat, error) {
	c, proxies := a.config, httpapi.Proxies(a.config.Proxies())
	origins := originLog{log: a.log}
	a.conns.max, a.conns.trust = c.ConnectionsAddress, proxies.Trusts
	a.sessions = auth.NewSessions(a.sessionStore, a.store, a.broker, auth.SessionOptions{
		IdleTimeout: c.SessionIdle, MaxAge: c.SessionMaxAge, GuestIdle: c.GuestSessionIdle, KeptIdle: c.KeptSessionIdle, Now: a.clock.Now,
		OverTLS: proxies.OverTLS, Fail: func(w http.ResponseWriter, _ *http.Request, err error) { httpapi.WriteError(w, chat.ErrorFrom(err)) },
		Log: a.log,
	})
	services := chat.New(chat.Deps{
		Store: a.store, Broker: a.broker, Hasher: auth.NewArgon2(auth.Argon2Options{Queue: c.LoginQueue}), Fold: auth.FoldName, Key: naming.SearchKey, Common: auth.IsCommonPassword, Reserved: isServersName,
		Presence: a.presence, Policy: chat.Policy{SignUp: chat.SignUpMode(c.SignUp), Guests: c.Guests, JoinPage: c.JoinPage, Classic: c.Classic},
		Sends: ratelimit.New(ratelimit.Options{PerSecond: float64(c.SendRate)}),
		Makes: ratelimit.New(ratelimit.Options{
			PerSecond: roomsPerSecond, Burst: c.RoomBurst,
			Refusal: "You are creating rooms too fast. Please wait a moment.",
		}),
		Budget: budget(c), Files: a.keeper, Push: a.pushPolicy(),
		Limits: chat.Limits{
			Message: c.MessageMax, Mentions: c.MentionsMax, RoomName: c.RoomNameMax, Topic: c.TopicMax, PasswordMin: c.PasswordMin, PageBytes: c.PageBytes, Reactions: c.ReactionsMax, Pins: c.PinsMax, Bookmarks: c.BookmarksMax, DisplayName: c.DisplayNameMax, Status: c.StatusMax,
			Files: c.FilesMessage, FileSize: c.FileMax, FilesOfUser: c.FilesUser, FilesOfServer: c.FilesTotal, UploadAge: c.UploadAge,
			SearchCandidates: c.SearchCandidates, SearchTail: c.SearchTail,
		},
		Log: a.log,
	})
	a.files, a.chores = services.Files, a.newChores(services)
	attempts := auth.NewAttempts(attemptOptions(c))
	pages, err := httpapi.New(httpapi.Options{
		Chat: services, Sessions: a.sessions, Attempts: attempts,
		Files: web.Dist(), Health: a.health.look, TrustedProxies: proxies, AllowedOrigins: c.AllowedOrigins,
		ForeignOrigin: origins.refused, BodyTimeout: c.ReceiveTimeout, Log: a.log, Version: obs.Version(),
	})
	if err != nil {
		return nil, err
	}
	a.sockets = socketio.NewServer(socketio.Options{
		Engine: engineio.Options{
			PingInterval: c.PingInterval, PingTimeout: c.PingTimeout,
			FarewellTimeout: c.FarewellTimeout, BodyTimeout: c.ReceiveTimeout,
			MaxSessions: c.SocketsAddress, MaxStrangers: c.StrangersAddress, MaxGuests: c.GuestsAddress,
			ClientAddress: func(r *http.Request) netip.Addr {
				address, _ := netip.ParseAddr(proxies.ClientAddress(r)) // the zero Addr if it can't be parsed
				return address
			},
			CompressPollsFrom: compressPollsFrom(c), MaxPayload: c.MaxPayload, AllowedOrigins: c.AllowedOrigins, OnForeignOrigin: origins.refused,
		},
		ConnectTimeout: c.JoinTimeout, MaxConnecting: maxConnecting, AttachmentTimeout: c.ReceiveTimeout, MaxHandshake: c.MaxHandshake,
		MaxPacket: c.MaxPayload, ForgetAuth: true, Headers: []string{"Cookie", "Authorization", pagesHeader}, AllowEIO3: c.AllowEIO3,
		Logger: a.log,
	})
	events := &sharedBroker{Broker: a.broker}
	a.gateway = gateway.New(gateway.Options{
		Server: a.sockets, Chat: services, Store: a.store, Broker: events, Auth: a.sessions, Epoch: a.epoch,
		Limits: commandLimits(c), TouchInterval: touchInterval(c), HeadsInterval: c.CompareInterval, LeaseInterval: c.NodeLease / 3,
		Log: a.log,
	})
	quiet := areQuiet(c.Pages, a.dialects)
	// After the gateway, which takes the sockets that announce the full protocol.
	a.classic = classic.New(classic.Options{
		Server: a.sockets, Chat: services, Broker: events, Auth: a.sessions, Streams: a.gateway.Streams(), Dialects: a.dialects,
		Attend: a.gateway.Attend, SignUps: attempts,
		GuestPacket: guestPacket(services.Limits()), RelayMax: c.ClassicRelayMax, GreetAfter: c.ClassicGreetAfter, TouchInterval: touchInterval(c),
		Quiet: func(s *socketio.Socket) bool { return quiet && s.Handshake().Header.Get(pagesHeader) != "" },
		Seats: a.seats, Names: a.names, Count: a.count, SeatLease: c.NodeLease, PeopleMax: c.ClassicPeopleMax,
		Log: a.log,
	})

	sockets, err := httpapi.SocketClient(web.Dist(), a.sessions.OwnCookieFirst(a.sockets))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", sockets)
	mux.Handle("/", pages)
	a.http = a.newHTTP(mux)
	return services, nil
}

// newHTTP returns a server with the limits that the operator has set.
func (a *App) newHTTP(handler http.Handler) *http.Server {
	c := a.config
	return &http.Server{
		// No read timeout: it would end a long poll, which lasts until there is
		// something to deliver. The write timeout starts with the request's
		// headers; a long poll lifts it while it waits.
		Handler:           boundBodies(c.ReceiveTimeout, httpapi.Secure(handler, httpapi.Proxies(c.Proxies()), c.HSTS)),
		WriteTimeout:      c.WriteTimeout,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       keepAliveTimeout,
		MaxHeaderBytes:    httpapi.MaxHeaderBytes,
		ConnState:         a.conns.track,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
}

// guestPacket returns the size, in bytes, of a packet with the longest message,
// every character of it escaped.
func guestPacket(l chat.Limits) int64 {
	const escaped, rest = 6, 4 << 10
	return int64(l.Message)*escaped + rest
}

// budget returns the limits of what each user may request, messages aside.
func budget(c config.Config) *ratelimit.Budget {
	return ratelimit.NewBudget(ratelimit.BudgetOptions{
		Reads: ratelimit.Options{PerSecond: float64(c.ReadRate)}, Writes: ratelimit.Options{PerSecond: float64(c.WriteRate)},
		PageBytes: c.PageBytes, BytesAtOnce: c.ReadBytes, BytesOfAll: c.ReadBytesTotal,
	})
}

// touchInterval returns the interval at which live sockets count as activity on
// their sessions.
func touchInterval(c config.Config) time.Duration {
	return min(time.Minute, c.SessionIdle/4, c.GuestSessionIdle/4)
}

// commandLimits allows one socket as many sends as its user, and as many other
// commands.
func commandLimits(c config.Config) gateway.Limits {
	perSecond := max(100, 2*c.SendRate)
	return gateway.Limits{CommandsPerSecond: float64(perSecond), CommandBurst: 5 * perSecond, AuthBytes: c.MaxHandshake}
}

// attemptOptions keeps the default rates at which attempts refill.
func attemptOptions(c config.Config) auth.AttemptOptions {
	return auth.AttemptOptions{
		LogInPair:     auth.Rate{Burst: c.LoginAttempts, Every: 10 * time.Second},
		LogInName:     auth.Rate{Burst: c.LoginAttemptsName, Every: 10 * time.Second},
		LogInAddress:  auth.Rate{Burst: c.LoginAttemptsAddress, Every: time.Second},
		SignUpAddress: auth.Rate{Burst: c.SignupsAddress, Every: 6 * time.Second},
	}
}

// listenError explains why the server can't listen on an address, and names the
// options for another port.
func listenError(address, options string, err error) error {
	_, port, _ := net.SplitHostPort(address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %s is in use by another program; choose another port with %s", port, options)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not use port %s; choose a port above 1023 with %s", port, options)
	default:
		return fmt.Errorf("cannot listen on %s: %w", address, err)
	}
}

// Addr returns the address that the server listens on.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// URL returns the server's URL for a browser on this machine.
func (a *App) URL() string { return urlAt(a.config, a.listener) }

// urlOf returns the URL, for a browser on this machine, of a server on that port.
func urlOf(c config.Config, port int) string {
	host := c.Host
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}

// Run serves until the context ends, then stops within the shutdown timeout: it
// finishes and answers commands, requests and writes in flight, disconnects the
// sockets so that clients reconnect, and closes the database. It accepts
// connections until all sockets are closed. Call Run only once.
func (a *App) Run(ctx context.Context) error {
	background, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { a.gateway.Run(background) })
	work.Go(func() { a.classic.Run(background) })
	work.Go(func() { a.sweep(background) })
	work.Go(func() { a.index(background) })
	work.Go(func() { a.sweepFiles(background) })
	work.Go(func() { a.pushes.run(background) })
	work.Go(func() { a.chores.Run(background) })
	work.Go(func() { a.accounts.watch(background) })
	work.Go(func() { a.health.watch(background) })
	work.Go(func() { newReclaimer(a.sockets.Turnover, a.sockets.Count).run(background) })

	served := make(chan error, 2)
	go func() { served <- a.http.Serve(a.listener) }()
	if a.pages != nil {
		go func() { served <- a.pages.serve() }()
	}
	var failed error
	select {
	case failed = <-served:
		failed = fmt.Errorf("serving has stopped: %w", failed)
	case <-ctx.Done():
		a.log.Info("stopping", "timeout", a.config.ShutdownTimeout)
	}
	stop()
	work.Wait()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.config.ShutdownTimeout)
	defer cancel()
	return errors.Join(failed, a.drain(end), a.closeBefore(end))
}

// drain stops serving. It is graceful for most of the time until ctx ends, then
// closes what is left.
func (a *App) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.config.ShutdownTimeout*4/5)
	defer cancel()
	if err := a.gateway.Drain(ctx); err != nil {
		a.log.Warn("commands did not end in time", "error", err)
	}
	// Close the sockets first, while connections are still accepted: a polling
	// client needs a new connection to fetch its last packets.
	if err := a.sockets.Shutdown(ctx); err != nil {
		a.log.Warn("sockets did not end in time", "error", err)
	}
	if err := a.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		a.log.Warn("cannot close the listener", "error", err)
	}
	if a.pages != nil {
		_ = a.pages.listener.Close() // close reports errors
	}
	a.conns.cutFresh()
	if err := a.pages.shutDown(ctx); err != nil {
		a.log.Warn("requests of pages did not end in time", "error", err)
	}
	if err := a.http.Shutdown(ctx); err != nil {
		a.log.Warn("requests did not end in time", "error", err)
		return a.http.Close()
	}
	return nil
}

// closeBefore is close, but gives up when the context ends, because a hanging disk
// must not keep the program from ending. Everything acknowledged is durable by
// then.
func (a *App) closeBefore(ctx context.Context) error {
	closed := make(chan error, 1)
	go func() { closed <- a.close() }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
		return errors.New("the database did not close in time")
	}
}

// close releases what New has opened, in reverse order of dependency.
func (a *App) close() error {
	var errs []error
	if a.listener != nil {
		if err := a.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	errs = append(errs, a.pages.close())
	if a.classic != nil {
		a.classic.Close()
	}
	if a.gateway != nil {
		a.gateway.Close()
	}
	return errors.Join(append(errs, a.backends.close())...)
}

// sweep ends expired sessions.
func (a *App) sweep(ctx context.Context) {
	ticker := time.NewTicker(min(sweepInterval, touchInterval(a.config)))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := a.sessions.Sweep(ctx); err != nil && !errors.Is(err, context.Canceled) {
				a.log.Warn("cannot remove expired sessions", "error", err)
			}
		}
	}
}

// compressPollsFrom converts the option, whose 0 means never.
func compressPollsFrom(c config.Config) int {
	if c.CompressPolls == 0 {
		return -1
	}
	return c.CompressPolls
}
