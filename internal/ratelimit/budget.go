package ratelimit

import (
	"sync"
	"time"

	"partychat/internal/chat"
)

// BudgetOptions limit the reads and writes of one user. Zero fields get the
// defaults that their comments name.
type BudgetOptions struct {
	Reads  Options // 50 per second, 500 at once
	Writes Options // 10 per second, 100 at once
	// PageBytes is the size that a read counts for while it is being answered; 262,144.
	PageBytes int
	// BytesAtOnce limits the reads of one user that are in flight; 8 MiB.
	// BytesOfAll limits those of all users together; 64 MiB.
	BytesAtOnce int
	BytesOfAll  int
}

func (o BudgetOptions) withDefaults() BudgetOptions {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	rate := func(r *Options, perSecond float64, refusal string) {
		if r.PerSecond <= 0 {
			r.PerSecond = perSecond
		}
		set(&r.Burst, max(1, int(10*r.PerSecond)))
		if r.Refusal == "" {
			r.Refusal = refusal
		}
	}
	rate(&o.Reads, 50, "You are reading too much at once. Please wait a moment.")
	rate(&o.Writes, 10, "You are changing too much at once. Please wait a moment.")
	set(&o.PageBytes, 256<<10)
	set(&o.BytesAtOnce, 8<<20)
	set(&o.BytesOfAll, 64<<20)
	// At least one page must fit.
	o.BytesAtOnce = max(o.BytesAtOnce, o.PageBytes)
	o.BytesOfAll = max(o.BytesOfAll, o.PageBytes)
	return o
}

// bytesRetry is the time after which another page usually fits.
const bytesRetry = time.Second

// Budget implements chat.Budget for one node. It is safe for concurrent use.
type Budget struct {
	options       BudgetOptions
	reads, writes *Limiter

	mu   sync.Mutex
	held map[chat.UserID]int // bytes of the reads in flight
	all  int
}

var _ chat.Budget = (*Budget)(nil)

// NewBudget returns an unused budget.
func NewBudget(options BudgetOptions) *Budget {
	o := options.withDefaults()
	return &Budget{options: o, reads: New(o.Reads), writes: New(o.Writes), held: make(map[chat.UserID]int)}
}

// Read is specified by chat.Budget.
func (b *Budget) Read(user chat.UserID) (done func(), err error) {
	if err := b.reads.Take(user); err != nil {
		return nil, err
	}
	if err := b.hold(user); err != nil {
		b.reads.GiveBack(user)
		return nil, err
	}
	return sync.OnceFunc(func() { b.release(user) }), nil
}

func (b *Budget) hold(user chat.UserID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	page := b.options.PageBytes
	switch {
	case b.held[user]+page > b.options.BytesAtOnce:
		return &chat.Error{Code: chat.CodeRateLimited, Message: b.options.Reads.Refusal, RetryAfter: bytesRetry}
	case b.all+page > b.options.BytesOfAll:
		return &chat.Error{
			Code: chat.CodeUnavailable, Message: "The server is too busy. Please try again in a moment.", RetryAfter: bytesRetry,
		}
	}
	b.held[user] += page
	b.all += page
	return nil
}

func (b *Budget) release(user chat.UserID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all -= b.options.PageBytes
	if b.held[user] -= b.options.PageBytes; b.held[user] == 0 {
		delete(b.held, user)
	}
}

// Write is specified by chat.Budget.
func (b *Budget) Write(user chat.UserID) error { return b.writes.Take(user) }
