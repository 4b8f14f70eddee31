package chat

import (
	"log/slog"
	"time"
)

// Deps is what the services stand on. Store, Broker, Hasher and Fold are
// required; the others have defaults.
type Deps struct {
	Store  Store
	Broker Broker
	Hasher PasswordHasher
	Fold   FoldName

	Key      SearchKey      // Fold; a store has its own, with which it must agree
	Common   CommonPassword // no password is
	Presence PresenceLeases // nobody is ever there
	Policy   Policy         // everybody may sign up; neither guests nor a join page
	Sends    Limiter        // of messages sent or changed; without a limit
	Makes    Limiter        // of rooms made; without a limit
	Budget   Budget         // of everything else; without a limit
	Limits   Limits
	Now      func() time.Time // time.Now
	Log      *slog.Logger     // to nowhere
}

// Chat is the services together. They may be called from many goroutines.
type Chat struct {
	Users       *Users
	Rooms       *Rooms
	Messages    *Messages
	Presences   *Presences
	Invitations *Invitations
	Classic     *Classic
	Operator    *Operator

	limits Limits
	budget Budget
}

// New makes the services.
func New(deps Deps) *Chat {
	deps.Limits = deps.Limits.withDefaults()
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
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	c := &core{
		store: deps.Store, presence: deps.Presence, hasher: deps.Hasher, fold: deps.Fold, key: deps.Key, policy: deps.Policy,
		sends: deps.Sends, makes: deps.Makes, now: deps.Now,
		rules:  rules{limits: deps.Limits, fold: deps.Fold, common: deps.Common},
		events: &publisher{broker: deps.Broker, log: deps.Log},
	}
	rooms := &Rooms{c}
	invitations := &Invitations{core: c, rooms: rooms}
	return &Chat{
		Users:       &Users{core: c, welcome: invitations.welcomeNew},
		Rooms:       rooms,
		Messages:    &Messages{core: c},
		Presences:   &Presences{c},
		Invitations: invitations,
		Classic:     &Classic{core: c, invitations: invitations},
		Operator:    &Operator{c},
		limits:      deps.Limits,
		budget:      deps.Budget,
	}
}

// core is what the services share.
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

// Budget is what each user may ask for.
func (c *Chat) Budget() Budget { return c.budget }

// Limits gives the limits in force, defaults filled in.
func (c *Chat) Limits() Limits { return c.limits }
