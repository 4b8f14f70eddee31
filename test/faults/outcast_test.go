//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/client"
)

// outcast is a user who is removed from a room or the server during a fault.
type outcast struct {
	one  *client.Client
	user chat.UserID
	room chat.RoomID // 0: the server
	how  string
	// cast is an admin's call that removes the user; it can be repeated.
	cast func(ctx context.Context, api client.API) error
	// gone reports whether the client knows.
	gone func() bool
}

// outcast connects a client of a user who will be removed. It alternates between
// the ways of removal.
func (a *afflicted) outcast(home *node) *outcast {
	a.fleet.t.Helper()
	account := a.next()
	o := &outcast{user: account.ID, room: account.rooms[a.random.IntN(len(account.rooms))]}
	switch len(a.outcasts) % 3 {
	case 0:
		o.how = fmt.Sprintf("removed from room %d", o.room)
		o.cast = func(ctx context.Context, api client.API) error { return api.Remove(ctx, o.room, o.user) }
	case 1:
		o.how = fmt.Sprintf("banned from room %d", o.room)
		o.cast = func(ctx context.Context, api client.API) error { return api.Ban(ctx, o.room, o.user) }
	default:
		o.how, o.room = "banned from the server", 0
		o.cast = func(ctx context.Context, api client.API) error { return api.Ban(ctx, 0, o.user) }
	}
	o.one = a.stranger(home, account, "is "+o.how, func(c *client.Options) { c.Outcast, c.LogsOut = true, o.room == 0 })
	o.gone = o.one.Ended
	if room := o.room; room != 0 {
		o.gone = func() bool { return o.one.Lost(room) }
	}
	a.outcasts = append(a.outcasts, o)
	return o
}

// admin returns the server's admin, who signed up first.
func (p *party) admin() *account {
	return &p.users[slices.IndexFunc(p.users, func(a account) bool { return a.Role == chat.RoleAdmin })]
}

// isOut waits until the client knows of the removal, and checks that the user is in
// no list any more.
func (a *afflicted) isOut(o *outcast) {
	a.fleet.t.Helper()
	a.await("the client of a user who was "+o.how+" knows", o.gone)
	for i, n := range a.fleet.nodes {
		api := client.API{URL: n.url, Token: a.party.admin().token}
		if o.room == 0 {
			api.Token = o.one.Token()
			a.await(fmt.Sprintf("node %d refuses the session of the user who was %s", i, o.how), func() bool {
				var answer *client.StatusError
				_, err := api.Online(a.fleet.t.Context())
				return errors.As(err, &answer) && answer.Status == http.StatusUnauthorized
			})
			continue
		}
		var members []chat.UserID
		a.await(fmt.Sprintf("node %d lists the members of room %d", i, o.room), func() (ok bool) {
			var err error
			members, err = api.Members(a.fleet.t.Context(), o.room)
			return err == nil
		})
		if slices.Contains(members, o.user) {
			a.fleet.t.Errorf("node %d: user %d was %s but is still in its list of members", i, o.user, o.how)
		}
	}
}

// insist makes a call on the first node that can answer it. Again is true for
// retries.
func insist(ctx context.Context, nodes []*node, token string, call func(api client.API, again bool) error) error {
	for i := 0; ; i++ {
		err := call(client.API{URL: nodes[i%len(nodes)].url, Token: token}, i > 0)
		var answer *client.StatusError
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &answer) && answer.Status < 500:
			return err
		}
		sleep(ctx, 50*time.Millisecond)
	}
}
