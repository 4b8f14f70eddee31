// Package push makes devices show what their users have not read (RFC 8030). Its trail
// writes a job for each device that must show something new, or stop showing it; the
// handler of these jobs sends encrypted pushes (RFC 8291) to the push services of the
// browsers.
package push

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"partychat/internal/chat"
)

// Store is what pushes need of a chat.Store.
type Store interface {
	chat.PushStore
	chat.PushTrailStore
	RoomByID(ctx context.Context, id chat.RoomID) (chat.Room, error)
	Message(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, error)
}

// Options configure a Pusher. Store and Keys are required; other zero fields get the
// defaults in the comments.
type Options struct {
	Store Store
	Keys  chat.PushKeys
	// Contact is a mail address or an https URL of the operator, for push services
	// (RFC 8292 section 2.1); default the origin at which the device has opened the
	// client.
	Contact string
	Delay   time.Duration // wait between a message and its pushes; reading the message in that time prevents them; default 3 s
	Keep    time.Duration // how long a push service keeps a push for a device that is offline; default 24 h
	Timeout time.Duration // of a request to a push service; default 10 s
	Compare time.Duration // interval between two looks through all rooms; default 30 s
	Client  *http.Client  // default one that Client returns
	// Alive reports whether a session goes on; default always.
	Alive func(ctx context.Context, session string) (bool, error)
	// Wake is called when jobs have been written.
	Wake func()
	Now  func() time.Time
	Log  *slog.Logger // default none
}

func (o Options) withDefaults() Options {
	set := func(field *time.Duration, value time.Duration) {
		if *field == 0 {
			*field = value
		}
	}
	set(&o.Delay, 3*time.Second)
	set(&o.Keep, 24*time.Hour)
	set(&o.Timeout, 10*time.Second)
	set(&o.Compare, 30*time.Second)
	if o.Alive == nil {
		o.Alive = func(context.Context, string) (bool, error) { return true, nil }
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Client == nil {
		o.Client = Client(Endpoints{})
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Pusher sends pushes.
type Pusher struct {
	store   Store
	options Options
}

// New returns a Pusher. Register Handle for chat.KindPush, and run Trail.
func New(options Options) *Pusher {
	options = options.withDefaults()
	return &Pusher{store: options.Store, options: options}
}
