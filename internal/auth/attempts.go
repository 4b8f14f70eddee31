package auth

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"partychat/internal/chat"
)

// Rate allows Burst attempts at once, and one more every Every. A negative Burst
// sets no limit.
type Rate struct {
	Burst int
	Every time.Duration
}

// AttemptOptions configure Attempts. Zero fields get the defaults that their
// comments name.
type AttemptOptions struct {
	// LogInPair limits failed log-ins under one name from one address: 5, then
	// one every 10 s. A guesser meets this limit first. Because it includes the
	// address, nobody can use it to lock out the owner of the name from
	// elsewhere.
	LogInPair Rate
	// LogInName limits failed log-ins under one name from all addresses: 50, then
	// one every 10 s. It stops guessing from many addresses. A log-in counts from
	// the start of its check until it succeeds. The limit does not apply to
	// addresses from which the name has signed up or logged in before, so that its
	// owner can still log in from the usual place.
	LogInName Rate
	// LogInAddress limits all log-ins from one address, whatever the name and the
	// result: 100, then one per second. Many people can share an address. A class
	// of 40 behind one router that logs in at once, with a typing error each,
	// must not reach the limit.
	LogInAddress Rate
	// SignUpName limits sign-ups under one name: 30, then one every 2 s. There is
	// nothing to guess; the limit only keeps one name from causing much work.
	SignUpName Rate
	// SignUpAddress limits sign-ups from one address, including refused ones:
	// 100, then one every 6 s. The same class of 40 signs up in the first minute
	// of its lesson, and half of the names that it chooses are taken.
	SignUpAddress Rate
	// Entries is the number of names, addresses and pairs that each limit
	// remembers: 50,000. Beyond that, the least recently used are forgotten.
	Entries int
	Now     func() time.Time
}

func (o AttemptOptions) withDefaults() AttemptOptions {
	def := func(r *Rate, burst int, every time.Duration) {
		if r.Burst == 0 {
			*r = Rate{burst, every}
		}
	}
	def(&o.LogInPair, 5, 10*time.Second)
	def(&o.LogInName, 50, 10*time.Second)
	def(&o.LogInAddress, 100, time.Second)
	def(&o.SignUpName, 30, 2*time.Second)
	def(&o.SignUpAddress, 100, 6*time.Second)
	if o.Entries <= 0 {
		o.Entries = 50_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Attempts limits log-ins and sign-ups. Its state is in this node's memory. All
// methods are safe for concurrent use.
type Attempts struct {
	now func() time.Time

	mu            sync.Mutex
	logInPair     *buckets
	logInName     *buckets
	logInAddress  *buckets
	signUpName    *buckets
	signUpAddress *buckets
	known         *lru[struct{}] // pairs of name and address that belong together
}

// NewAttempts returns Attempts without any history.
func NewAttempts(options AttemptOptions) *Attempts {
	o := options.withDefaults()
	return &Attempts{
		now:           o.Now,
		logInPair:     newBuckets(o.LogInPair, o.Entries),
		logInName:     newBuckets(o.LogInName, o.Entries),
		logInAddress:  newBuckets(o.LogInAddress, o.Entries),
		signUpName:    newBuckets(o.SignUpName, o.Entries),
		signUpAddress: newBuckets(o.SignUpAddress, o.Entries),
		known:         newLRU[struct{}](o.Entries),
	}
}

// LogIn asks for permission to log in under the name from the address. It fails
// with CodeRateLimited. Check the password with the returned context: it gives
// priority to a pair of name and address that belongs together. Then call
// done with the result: nil or CodeForbidden if the password was right,
// CodeUnauthenticated if it was wrong, and any other error if it was not checked.
//
// LogIn takes the tokens, and done returns them unless the password was wrong. If
// they were taken only on failure, many passwords could be tried at the same
// moment.
func (a *Attempts) LogIn(ctx context.Context, name, address string) (_ context.Context, done func(error), err error) {
	who, where := FoldName(name), network(address)
	try := attempt{name: keyOf(who), address: keyOf(where), pair: keyOf(who, where)}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if wait := a.logInAddress.take(try.address, now); wait > 0 {
		return nil, nil, tooMany(wait)
	}
	if wait := a.logInPair.take(try.pair, now); wait > 0 {
		return nil, nil, tooMany(wait)
	}
	if _, try.known = a.known.get(try.pair); try.known {
		ctx = preferred(ctx)
	} else if wait := a.logInName.take(try.name, now); wait > 0 {
		return nil, nil, tooMany(wait)
	}
	return ctx, func(err error) { a.logInDone(try, err) }, nil
}

// attempt is a permitted log-in.
type attempt struct {
	name, address, pair key
	known               bool // no token of the name was taken
}

// logInDone records the result of a permitted log-in. Somebody who knows the
// password is not guessing, so only failures count against a name.
func (a *Attempts) logInDone(try attempt, err error) {
	code := chat.CodeOf(err)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	switch code {
	case chat.CodeUnauthenticated:
		return
	case "", chat.CodeForbidden: // a banned user gave the right password
		a.logInPair.forget(try.pair)
		a.known.put(try.pair, struct{}{})
	default:
		a.logInPair.giveBack(try.pair, now)
		a.logInAddress.giveBack(try.address, now)
	}
	if !try.known {
		a.logInName.giveBack(try.name, now)
	}
}

// SignUp asks for permission to sign up under the name from the address. It fails
// with CodeRateLimited.
func (a *Attempts) SignUp(name, address string) error {
	who, where := FoldName(name), network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if wait := a.signUpAddress.take(keyOf(where), now); wait > 0 {
		return tooMany(wait)
	}
	if wait := a.signUpName.take(keyOf(who), now); wait > 0 {
		return tooMany(wait)
	}
	return nil
}

// Belongs records that the user of this name has a password and is at this
// address: somebody has signed up, or an open session has set a password. From
// then on, log-ins under the name from there count as from the usual place.
func (a *Attempts) Belongs(name, address string) {
	pair := keyOf(FoldName(name), network(address))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known.put(pair, struct{}{})
}

func tooMany(wait time.Duration) error {
	return &chat.Error{Code: chat.CodeRateLimited, Message: "Too many attempts. Please wait a moment and try again.", RetryAfter: wait}
}

// network returns the unit that counts as one address: a customer with IPv6 has a
// whole /64.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(64) // 64 is valid for IPv6
	return prefix.String()
}
