package auth

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"partychat/internal/chat"
)

// Rate allows Burst attempts at once, and regains one each Every. A negative
// Burst sets no limit.
type Rate struct {
	Burst int
	Every time.Duration
}

// AttemptOptions say how often one may try. Zero fields get the defaults named
// in their comments.
type AttemptOptions struct {
	// LogInPair bounds failed log-ins under one name from one address: 5, then
	// one each 10 s. It is what a guesser meets first. Being bound to the
	// address, it cannot be used to lock the name's owner out from elsewhere.
	LogInPair Rate
	// LogInName bounds failed log-ins under one name from everywhere: 50, then
	// one each 10 s. A log-in that is being checked counts until it succeeds. It stops guessing from many addresses. Addresses from
	// which the name has logged in before are not held up by it, so that the
	// owner still gets in, from where the owner usually is.
	LogInName Rate
	// LogInAddress bounds all log-ins from one address, whatever the name and
	// the outcome: 100, then one a second. Many people can share an address: a
	// class of 40 behind one router, all at once, with a typing error each,
	// must not notice.
	LogInAddress Rate
	// SignUpName bounds sign-ups under one name: 30, then one each 2 s. Nothing
	// is to be guessed here; it only keeps one name from taking much work.
	SignUpName Rate
	// SignUpAddress bounds sign-ups from one address, refused ones included:
	// 100, then one each 6 s. The same class of 40 signs up in the first minute
	// of its lesson, and half of the names wished for are taken.
	SignUpAddress Rate
	// Entries is how many names, addresses and pairs are remembered, per limit:
	// 50,000. Of more, the least recently seen are forgotten.
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

// Attempts limits how often someone may try to log in or sign up. It lives in
// this node's memory. All methods may be called from many goroutines.
type Attempts struct {
	now func() time.Time

	mu            sync.Mutex
	logInPair     *buckets
	logInName     *buckets
	logInAddress  *buckets
	signUpName    *buckets
	signUpAddress *buckets
	known         *lru[struct{}] // pairs of name and address that have logged in
}

// NewAttempts makes one in which nothing has been tried yet.
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

// LogIn asks whether a log-in under the name may be tried from the address. It
// fails with CodeRateLimited. Check the password with the context that it gives:
// a pair of name and address that has logged in before is served first. Then
// tell done how it ended: with nil or CodeForbidden the password was right, with
// CodeUnauthenticated it was wrong, and with any other error nobody looked.
//
// The tokens are taken here and given back unless the password was wrong: if
// they were taken on failure, many passwords could be tried at the same moment.
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

// attempt is a log-in that was allowed.
type attempt struct {
	name, address, pair key
	known               bool // took no token of the name
}

// logInDone counts a log-in that was allowed. Whoever knows the password is no
// guesser, so only failures count against a name.
func (a *Attempts) logInDone(try attempt, err error) {
	code := chat.CodeOf(err)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	switch code {
	case chat.CodeUnauthenticated:
		return
	case "", chat.CodeForbidden: // somebody who is banned knows the password
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

// SignUp asks whether a sign-up under the name may be tried from the address.
// It fails with CodeRateLimited.
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

func tooMany(wait time.Duration) error {
	return &chat.Error{Code: chat.CodeRateLimited, Message: "Too many attempts. Please wait a moment and try again.", RetryAfter: wait}
}

// network is what counts as one address: an IPv6 customer has a whole /64.
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
