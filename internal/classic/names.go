package classic

import (
	"container/list"
	"context"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"sync"

	"partychat/internal/chat"
)

// SignUps bounds how many accounts are made from one address.
type SignUps interface {
	// SignUp asks whether one may be made; it fails with chat.CodeRateLimited.
	SignUp(name, address string) error
}

// idleNames is how many names are kept whose sockets have gone.
const idleNames = 10_000

// names are the guests who came by a name alone. A name proves nothing: when the
// guest's last socket has disconnected, the next client that gives the name continues
// as that guest. While the guest is connected, so does a client that gives the name
// from the same network address, such as a second tab. The names that have been
// unused for longest are forgotten first.
type names struct {
	most int // that nobody uses

	mu    sync.Mutex // held while a guest is made; never taken with another
	byKey map[string]*guest
	idle  *list.List // of *guest, who left longest ago first
}

// guest is a user who came by a name alone.
type guest struct {
	key  string // the folded name
	user chat.User
	from string        // the network of the sockets that use it
	uses int           // how many sockets those are
	idle *list.Element // nil while it is used
}

func newNames(most int) *names {
	return &names{most: most, byKey: make(map[string]*guest), idle: list.New()}
}

// claim returns the guest of a name, and creates the guest if necessary. It fails with
// CodeTaken if somebody else uses the name. Clients with the network "" share no names.
func (n *names) claim(key, from string, enter func() (chat.User, error)) (*guest, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	g := n.byKey[key]
	switch {
	case g == nil:
		user, err := enter()
		if err != nil {
			return nil, err
		}
		g = &guest{key: key, user: user}
		n.byKey[key] = g
	case g.idle != nil:
		n.idle.Remove(g.idle)
		g.idle = nil
	case from == "" || g.from != from:
		return nil, chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
	}
	g.from = from
	g.uses++
	return g, nil
}

// holder returns the guest who uses a name.
func (n *names) holder(key string) (chat.UserID, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	g := n.byKey[key]
	if g == nil {
		return 0, false
	}
	return g.user.ID, true
}

// release undoes claim. A name without sockets is free for every client.
func (n *names) release(g *guest) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if g.uses--; g.uses > 0 {
		return
	}
	g.idle = n.idle.PushBack(g)
	if n.idle.Len() > n.most {
		oldest, _ := n.idle.Remove(n.idle.Front()).(*guest)
		delete(n.byKey, oldest.key)
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
		g, err := c.names.claim(c.chat.Classic.Fold(wished), from, func() (chat.User, error) {
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
			c.names.release(g)
		}
		if chat.CodeOf(err) == chat.CodeTaken && chosen && n == 1 {
			// A socket that was cut may hold the name of somebody who is banned for a
			// moment longer.
			if holder, held := c.names.holder(c.chat.Classic.Fold(wished)); held {
				if _, banned := c.chat.Classic.Now(ctx, holder); chat.CodeOf(banned) == chat.CodeForbidden {
					return banned
				}
			}
		}
		again := chat.CodeOf(err) == chat.CodeTaken || !chosen && chat.CodeOf(err) == chat.CodeForbidden
		if !again || n == tries {
			return err
		}
	}
}

// goOn makes the client act as the guest, unless the guest is banned from the server,
// or from main if the client needs the name to be there. It checks after subscribing,
// so that a later ban is not missed.
func (c accounts) goOn(ctx context.Context, p *client, g *guest, chosen bool) error {
	if err := c.accounts.hear(ctx, p, g.user.ID); err != nil {
		return err
	}
	user, err := c.chat.Classic.Now(ctx, g.user.ID)
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
