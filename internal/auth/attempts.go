package auth

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

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
	// one each 10 s. It stops guessing from many addresses. Addresses from
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
// fails with CodeRateLimited. Tell the outcome to LogInDone.
func (a *Attempts) LogIn(name, address string) error {
	who, where := FoldName(name), network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if wait := a.logInAddress.take(keyOf(where), now); wait > 0 {
		return tooMany(wait)
	}
	// Taken now and given back on success: if it were taken on failure, many
	// could be tried at the same moment.
	pair := keyOf(who, where)
	if wait := a.logInPair.take(pair, now); wait > 0 {
		return tooMany(wait)
	}
	if _, known := a.known.get(pair); known {
		return nil
	}
	if wait := a.logInName.wait(keyOf(who), now); wait > 0 {
		return tooMany(wait)
	}
	return nil
}

// LogInDone says how a log-in ended that LogIn had allowed: with the right
// password or with a wrong one. Whoever knows the password is no guesser, so
// only failures count against a name.
func (a *Attempts) LogInDone(name, address string, ok bool) {
	who, where := FoldName(name), network(address)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !ok {
		a.logInName.take(keyOf(who), a.now())
		return
	}
	a.logInPair.forget(keyOf(who, where))
	a.known.put(keyOf(who, where), struct{}{})
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

// buckets is a token bucket for each key.
type buckets struct {
	rate  Rate
	byKey *lru[*rate.Limiter]
}

func newBuckets(r Rate, entries int) *buckets {
	return &buckets{rate: r, byKey: newLRU[*rate.Limiter](entries)}
}

// take takes one token, or gives the time until there is one.
func (b *buckets) take(k key, now time.Time) (wait time.Duration) {
	if b.rate.Burst < 0 {
		return 0
	}
	limiter, ok := b.byKey.get(k)
	if !ok {
		limiter = rate.NewLimiter(rate.Every(b.rate.Every), b.rate.Burst)
		b.byKey.put(k, limiter)
	}
	reservation := limiter.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

// wait gives the time until there is a token, and takes none.
func (b *buckets) wait(k key, now time.Time) time.Duration {
	limiter, ok := b.byKey.get(k)
	if !ok {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(missing * float64(b.rate.Every))
}

func (b *buckets) forget(k key) { b.byKey.remove(k) }
