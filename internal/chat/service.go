package chat

import (
	"log/slog"
	"time"
)

// Deps are the services' dependencies. Store, Broker, Hasher and Fold are required;
// the others have the defaults in the comments.
type Deps struct {
	Store  Store
	Broker Broker
	Hasher PasswordHasher
	Fold   FoldName

	Key      SearchKey      // Fold; must agree with the store's own
	Files    FileKeeper     // nil: files are off
	Common   CommonPassword // no password is common
	Reserved ReservedName   // no username is reserved
	Presence PresenceLeases // every user is offline
	Push     PushPolicy     // pushes are off
	Policy   Policy         // open sign-up, no guests, no join page
	Sends    Limiter        // of messages sent or changed; no limit
	Makes    Limiter        // of rooms created; no limit
	Budget   Budget         // of all other requests; no limit
	Limits   Limits
	Now      func() time.Time // time.Now
	Log      *slog.Logger     // discards
}

// Chat holds all services. They are safe for concurrent use.
type Chat struct {
	Users         *Users
	Rooms         *Rooms
	RoomAdmin     *RoomAdmin
	Notifications *Notifications
	Messages      *Messages
	Threads       *Threads
	Files         *Files
	Presences     *Presences
	Invitations   *Invitations
	Classic       *Classic
	Operator      *Operator
	Searches      *Searches
	Pushes        *Pushes

	limits Limits
	budget Budget
}

// New creates the services.
func New(deps Deps) *Chat {
	deps.Limits = deps.Limits.withDefaults()
	if deps.Files == nil {
		deps.Limits.Files = 0
	}
	if deps.Common == nil {
		deps.Common = func(string) bool { return false }
	}
	if deps.Policy.SignUp == "" {
		deps.Policy.SignUp = SignUpOpen
	}
	if deps.Presence == nil {
		deps.Presence = nobody{}
	}
	if deps.Key == nil {
		deps.Key = SearchKey(deps.Fold)
	}
	if deps.Sends == nil {
		deps.Sends = unlimited{}
	}
	if deps.Budget == nil {
		deps.Budget = noBudget{}
	}
	if deps.Makes == nil {
		deps.Makes = unlimited{}
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Push.Devices == 0 {
		deps.Push.Devices = defaultPushDevices
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	c := &core{
		store: deps.Store, presence: deps.Presence, hasher: deps.Hasher, fold: deps.Fold, key: deps.Key, policy: deps.Policy,
		sends: deps.Sends, makes: deps.Makes, now: deps.Now,
		rules:  rules{limits: deps.Limits, fold: deps.Fold, common: deps.Common, reserved: deps.Reserved},
		events: &publisher{broker: deps.Broker, log: deps.Log},
	}
	rooms := &Rooms{c}
	invitations := &Invitations{core: c, rooms: rooms}
	return &Chat{
		Users:         &Users{core: c, welcome: invitations.welcomeNew},
		Rooms:         rooms,
		RoomAdmin:     &RoomAdmin{c},
		Notifications: &Notifications{c},
		Messages:      &Messages{core: c},
		Threads:       &Threads{c},
		Files:         &Files{core: c, keeper: deps.Files},
		Presences:     &Presences{c},
		Invitations:   invitations,
		Classic:       &Classic{core: c, invitations: invitations},
		Operator:      &Operator{c},
		Searches:      &Searches{core: c, rooms: rooms},
		Pushes:        &Pushes{core: c, policy: deps.Push},
		limits:        deps.Limits,
		budget:        deps.Budget,
	}
}

// core holds what the services share.
type core struct {
	store    Store
	presence PresenceLeases
	hasher   PasswordHasher
	fold     FoldName
	key      SearchKey
	policy   Policy
	sends    Limiter
	makes    Limiter
	now      func() time.Time
	rules    rules
	events   *publisher
}

// Budget returns the limiter of each user's requests.
func (c *Chat) Budget() Budget { return c.budget }

// Limits returns the limits in force, with defaults filled in.
func (c *Chat) Limits() Limits { return c.limits }
