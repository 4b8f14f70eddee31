package app

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"net/url"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/jobs"
	"partychat/internal/push"
)

// leaseTimeouts is how many times the time limit of a request a job may take: a push that
// is too large is sent twice.
const leaseTimeouts = 3

// pushes are what sends push notifications.
type pushes struct {
	keys      chat.PushKeys
	endpoints push.Endpoints
	options   push.Options
	runner    *jobs.Runner
}

// openPushes makes or reads the server's keys. It returns nil if pushes are off.
func openPushes(ctx context.Context, c config.Config, store chat.Store, log *slog.Logger) (*pushes, error) {
	if !c.Push {
		return nil, nil //nolint:nilnil // a nil *pushes does nothing
	}
	if !isContact(c.PushContact) {
		return nil, errors.New("--push-contact must be a mail address or an https URL")
	}
	keys, err := push.Keys(ctx, store)
	if err != nil {
		return nil, err
	}
	p := &pushes{
		keys: keys, endpoints: push.Endpoints{Private: c.PushPrivate},
		runner: jobs.New(store, jobs.Options{AtOnce: c.PushAtOnce, Lease: max(time.Minute, leaseTimeouts*c.PushTimeout), Log: log}),
	}
	p.options = push.Options{
		Store: store, Keys: keys, Contact: c.PushContact, Delay: c.PushDelay, Keep: c.PushKeep, Timeout: c.PushTimeout,
		Compare: c.CompareInterval, Client: push.Client(p.endpoints), Wake: p.runner.Wake, Log: log,
	}
	return p, nil
}

// isContact reports whether push services accept the text as a contact (RFC 8292
// section 2.1).
func isContact(text string) bool {
	if text == "" {
		return true
	}
	if address, err := mail.ParseAddress(text); err == nil {
		return address.Address == text
	}
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

// pushPolicy returns what the services allow.
func (a *App) pushPolicy() chat.PushPolicy {
	p := a.pushes
	if p == nil {
		return chat.PushPolicy{}
	}
	p.options.Alive = func(ctx context.Context, session string) (bool, error) {
		_, err := a.sessions.Identify(ctx, session)
		if chat.CodeOf(err) == chat.CodeUnauthenticated {
			return false, nil
		}
		return err == nil, err
	}
	return chat.PushPolicy{Key: p.keys.Public, Devices: a.config.PushDevices, Endpoint: p.endpoints.Check}
}

// run sends pushes until the context ends.
func (p *pushes) run(ctx context.Context) {
	if p == nil {
		return
	}
	pusher := push.New(p.options)
	p.runner.Handle(chat.KindPush, pusher.Handle)
	var work sync.WaitGroup
	work.Go(func() { pusher.Trail(ctx) })
	work.Go(func() { p.runner.Run(ctx) })
	work.Wait()
	p.options.Client.CloseIdleConnections()
}
