package classic

import (
	"container/list"
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"partychat/internal/chat"
)

// SignUps bounds how many accounts are made from one address.
type SignUps interface {
	// SignUp asks whether one may be made; it fails with chat.CodeRateLimited.
	SignUp(name, address string) error
}

const (
	// idleNames is how many names are kept whose sockets have gone.
	idleNames = 10_000
	// makingPause is how often a name is asked for that another node is creating.
	makingPause = 20 * time.Millisecond
)

// names are the guests who came by a name alone. A name proves nothing: when the
// guest's last socket has disconnected, the next client that gives the name continues
// as that guest. While the guest is connected, so does a client that gives the name
// from the same network address, such as a second tab. The names that have been
// unused for longest are forgotten first.
//
// With several nodes, this node asks the leases about names that none of its sockets
// uses. While they do not answer, it goes by what it knows.
type names struct {
	most   int             // that nobody uses
	leases chat.NameLeases // nil for a single node

	mu    sync.Mutex // held while a guest is made; never taken with another
	byKey map[string]*guest
	idle  *list.List // of *guest, who left longest ago first
}

// guest is a user who came by a name alone.
type guest struct {
	key  string // the folded name
	user chat.UserID
	from string        // the network of the sockets that use it
	uses int           // how many sockets those are
	idle *list.Element // nil while it is used
}

func newNames(most int, leases chat.NameLeases) *names {
	return &names{most: most, leases: leases, byKey: make(map[string]*guest), idle: list.New()}
}

// claim returns the guest of a name, and creates the guest if necessary. Errors:
// CodeTaken if somebody else uses the name, with the holder; chat.ErrNameInMaking.
// Clients with the network "" share no names.
func (n *names) claim(ctx context.Context, key, from string, enter func() (chat.User, error)) (g *guest, holder chat.UserID, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	g = n.byKey[key]
	if g != nil && g.idle == nil && (from == "" || g.from != from) {
		return nil, g.user, chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
	}
	if g == nil || g.idle != nil {
		user, err := n.ask(ctx, key, from)
		if err != nil {
			return nil, user, err
		}
		if g, err = n.take(ctx, g, key, from, user, enter); err != nil {
			return nil, 0, err
		}
	}
	g.from = from
	g.uses++
	return g, 0, nil
}

// ask asks the other nodes for the guest of a name, 0 if they know none or cannot be
// asked.
func (n *names) ask(ctx context.Context, key, from string) (chat.UserID, error) {
	if n.leases == nil {
		return 0, nil
	}
	user, err := n.leases.Claim(ctx, key, from)
	if chat.CodeOf(err) == chat.CodeUnavailable {
		return 0, nil
	}
	return user, err
}

// take makes the guest of a name used: the one that the other nodes know (0: none), or
// else the idle one, or else a new one.
func (n *names) take(ctx context.Context, g *guest, key, from string, user chat.UserID, enter func() (chat.User, error)) (*guest, error) {
	known := user != 0
	if user == 0 && g != nil {
		user = g.user
	}
	if user == 0 {
		made, err := enter()
		if err != nil {
			n.giveBack(ctx, key)
			return nil, err
		}
		user = made.ID
	}
	if n.leases != nil && !known {
		_ = n.leases.Hold(ctx, []chat.GuestName{{Name: key, User: user, From: from}}) // or else hold does
	}
	if g == nil {
		g = &guest{key: key}
		n.byKey[key] = g
	} else {
		n.idle.Remove(g.idle)
		g.idle = nil
	}
	g.user = user
	return g, nil
}

// giveBack ends this node's use of a name among the nodes.
func (n *names) giveBack(ctx context.Context, key string) {
	if n.leases != nil {
		_ = n.leases.Release(context.WithoutCancel(ctx), key) // or else the lease lapses
	}
}

// hold tells the other nodes again which names this node uses.
func (n *names) hold(ctx context.Context) error {
	if n.leases == nil {
		return nil
	}
	n.mu.Lock()
	used := make([]chat.GuestName, 0, len(n.byKey)-n.idle.Len())
	for _, g := range n.byKey {
		if g.idle == nil {
			used = append(used, chat.GuestName{Name: g.key, User: g.user, From: g.from})
		}
	}
	n.mu.Unlock()
	return n.leases.Hold(ctx, used)
}

// release undoes claim. A name without sockets is free for every client.
func (n *names) release(ctx context.Context, g *guest) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if g.uses--; g.uses > 0 {
		return
	}
	n.giveBack(ctx, g.key)
	g.idle = n.idle.PushBack(g)
	if n.idle.Len() > n.most {
		oldest, _ := n.idle.Remove(n.idle.Front()).(*guest)
		delete(n.byKey, oldest.key)
	}
}

// forget undoes claim for a guest who no longer exists.
func (n *names) forget(ctx context.Context, g *guest) {
	n.release(ctx, g)
	n.mu.Lock()
	defer n.mu.Unlock()
	if g.idle == nil {
		return // other sockets have it still
	}
	n.idle.Remove(g.idle)
	if n.byKey[g.key] == g {
		delete(n.byKey, g.key)
	}
	if n.leases != nil {
		_ = n.leases.Forget(ctx, g.key) // or else the next who asks does
	}
}

// network returns the part of an address that counts as one: a customer with IPv6 has
// a whole /64.
func network(address netip.Addr) string {
	address = address.Unmap().WithZone("")
	if !address.Is6() {
		return address.String()
	}
	prefix, _ := address.Prefix(64) // 64 is valid for IPv6
	return prefix.String()
}

// name lets a client come in by a name alone. A name that belongs to somebody else gets
// a number appended. So does the name of a banned guest, if the client has not chosen it.
func (c accounts) name(ctx context.Context, p *client, name string, chosen bool) error {
	if p.who().ID != 0 {
		return nil // it has come in already
	}
	return c.accounts.takeName(ctx, p, name, chosen)
}

// takeName is name for clients that may have a name already.
func (c accounts) takeName(ctx context.Context, p *client, name string, chosen bool) error {
	asked, from := false, ""
	if chosen {
		name, from = c.chat.Classic.Spell(name), p.network
	}
	const inOrder, tries = 40, 60
	for n := 1; ; n++ {
		wished := name
		switch {
		case n > inOrder: // all of those are taken, such as by guests from before a restart
			wished += "-" + strconv.Itoa(100+rand.IntN(900)) //nolint:gosec // it keeps no secret
		case n > 1:
			wished += "-" + strconv.Itoa(n)
		}
		g, holder, err := c.accounts.claim(ctx, wished, from, func() (chat.User, error) {
			if !asked { // once, however many names there are to try
				if err := c.opts.SignUps.SignUp(wished, p.address); err != nil {
					return chat.User{}, err
				}
				asked = true
			}
			return c.chat.Classic.Enter(ctx, wished)
		})
		if err == nil {
			if err = c.accounts.goOn(ctx, p, g, chosen); err == nil {
				p.mu.Lock()
				p.nameless = !chosen
				p.mu.Unlock()
				return nil
			}
			if chat.CodeOf(err) == chat.CodeNotFound && n < tries { // what is known is of another database
				c.names.forget(ctx, g)
				n--
				continue
			}
			c.names.release(ctx, g)
		}
		if holder != 0 && chosen && n == 1 {
			// A socket that was cut may hold the name of somebody who is banned for a
			// moment longer.
			if _, banned := c.chat.Classic.Now(ctx, holder); chat.CodeOf(banned) == chat.CodeForbidden {
				return banned
			}
		}
		again := chat.CodeOf(err) == chat.CodeTaken || !chosen && chat.CodeOf(err) == chat.CodeForbidden
		if !again || n == tries {
			return err
		}
	}
}

// claim claims a name. While another node creates the guest of that name, it waits.
func (c accounts) claim(ctx context.Context, name, from string, enter func() (chat.User, error)) (g *guest, holder chat.UserID, err error) {
	for {
		g, holder, err = c.names.claim(ctx, c.chat.Classic.Fold(name), from, enter)
		if !errors.Is(err, chat.ErrNameInMaking) {
			return g, holder, err
		}
		pause := time.NewTimer(makingPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, 0, ctx.Err()
		}
	}
}

// goOn makes the client act as the guest, unless the guest is banned from the server,
// or from main if the client needs the name to be there. It checks after subscribing,
// so that a later ban is not missed.
func (c accounts) goOn(ctx context.Context, p *client, g *guest, chosen bool) error {
	if err := c.accounts.hear(ctx, p, g.user); err != nil {
		return err
	}
	user, err := c.chat.Classic.Now(ctx, g.user)
	if err == nil && !chosen {
		err = c.chat.Classic.MayHearMain(ctx, user)
	}
	if err == nil {
		err = c.arrive(ctx, p, user, g)
	}
	if err != nil {
		c.accounts.unhear(p)
		return err
	}
	c.places.lookAtMain(p)
	return nil
}

// unlimited is the SignUps of an application that sets none.
type unlimited struct{}

// SignUp allows everything.
func (unlimited) SignUp(string, string) error { return nil }
