package gateway

import (
	"context"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// greeter composes the first event of a connection.
type greeter struct{ *Gateway }

const (
	// deltaMax is how many rooms a delta has at most. A client for which more has
	// changed gets the list page by page.
	deltaMax = 200
	// changesMax is how many changes are read at a time.
	changesMax = 200
)

// compose reads what the peer is greeted with, now that it listens to everything in
// the list: ready, and the events that follow it at once.
func (g greeter) compose(ctx context.Context, p *conn, head list) (wire.Ready, []outgoing, error) {
	ready := wire.Ready{
		Protocol: p.protocol, Epoch: g.opts.Epoch, Rev: head.Rev, User: wire.UserOf(p.user()),
		Limits: wire.ReadyLimitsOf(g.chat.Limits(), g.opts.Limits.AuthBytes),
	}
	if head.Settings.Rev > 0 {
		settings := wire.SettingsOf(head.Settings)
		ready.Settings = &settings
	}
	var peers []chat.UserID
	for _, room := range head.Rooms {
		if room.Peer != 0 {
			peers = append(peers, room.Peer)
		}
	}
	states, err := g.watchPeers(ctx, p, peers)
	if err != nil {
		return wire.Ready{}, nil, err
	}
	ready.Presence = wire.PresenceOf(states)
	known := p.known
	p.known = nil
	if known != nil {
		after, ok, err := g.difference(ctx, head, *known, &ready)
		if ok || err != nil {
			return ready, closing(&ready, known.Rev, after), err
		}
	}
	after, err := g.all(ctx, p, &ready)
	return ready, closing(&ready, 0, after), err
}

// closing appends an event with the final rev to the events that follow ready. A client
// that loses the connection before that event knows its stream only up to the given rev,
// so it gets the events again.
func closing(ready *wire.Ready, rev int64, after []outgoing) []outgoing {
	if len(after) == 0 {
		return nil
	}
	last := outgoing{wire.EventUserPut, wire.UserPut{User: ready.User, Rev: ready.Rev}}
	ready.Rev = rev
	return append(after, last)
}

// all gives the first page of the list, and all open invitations.
func (g greeter) all(ctx context.Context, p *conn, ready *wire.Ready) ([]outgoing, error) {
	page, err := g.chat.Rooms.SubscriptionPage(ctx, p.user().ID, "")
	if err != nil {
		return nil, err
	}
	ready.Subscriptions, ready.Next = wire.SubscriptionsOf(page.Subscriptions), page.Next
	pending, err := g.chat.Invitations.Pending(ctx, p.user())
	if err != nil {
		return nil, err
	}
	after := make([]outgoing, 0, len(pending))
	for _, e := range pending {
		after = append(after, outgoing{wire.EventInvitation, wire.InvitedOf(e)})
	}
	return after, nil
}

// difference gives what has changed since what the client knew, unless that cannot
// be told, or is too much.
func (g greeter) difference(ctx context.Context, head list, known wire.Known, ready *wire.Ready) (after []outgoing, ok bool, err error) {
	if known.Epoch != "" && known.Epoch != g.opts.Epoch {
		return nil, false, nil
	}
	if known.User != head.User.ID || known.Rev < head.Floor || known.Rev > head.Rev {
		return nil, false, nil
	}
	changed, missing := differing(head, known)
	var gone []wire.RoomGone
	if known.Rev < head.Rev {
		var put []chat.RoomID
		if put, gone, after, ok, err = g.since(ctx, head, known.Rev); !ok || err != nil {
			return nil, false, err
		}
		changed = union(changed, put)
	}
	if len(changed) > deltaMax {
		return nil, false, nil
	}
	var subs []chat.Subscription
	if len(changed) > 0 {
		subs, err = g.opts.Store.SubscriptionsIn(ctx, head.User.ID, changed)
		if err != nil || g.exceedsPage(subs) {
			return nil, false, err
		}
	}
	ready.Subscriptions = wire.SubscriptionsOf(subs)
	for _, room := range missing { // the client may name rooms that never were in the list
		if !slices.ContainsFunc(gone, func(e wire.RoomGone) bool { return e.Room == room }) {
			gone = append(gone, wire.RoomGoneOf(chat.SubscriptionGone{Room: room}))
		}
	}
	ready.Gone, ready.Delta = gone, true
	return after, true, nil
}

// exceedsPage reports whether a list is too large for one answer.
func (g greeter) exceedsPage(subs []chat.Subscription) bool {
	size := 0
	for _, sub := range subs {
		size += sub.Size()
	}
	return size > g.chat.Limits().PageBytes
}

// union returns the rooms that are in either list.
func union(a, b []chat.RoomID) []chat.RoomID {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// differing lists the rooms that the client does not know up to their present rev, and
// those that have left the list.
func differing(head list, known wire.Known) (changed, missing []chat.RoomID) {
	named := 0
	for i, room := range head.Rooms {
		rev, ok := known.Rooms[room.Room]
		if ok {
			named++
		}
		if !ok || rev != head.revs[i] {
			changed = append(changed, room.Room)
		}
	}
	if named == len(known.Rooms) {
		return changed, nil
	}
	listed := make(map[chat.RoomID]struct{}, len(head.Rooms))
	for _, room := range head.Rooms {
		listed[room.Room] = struct{}{}
	}
	for room := range known.Rooms {
		if _, ok := listed[room]; !ok {
			missing = append(missing, room)
		}
	}
	return changed, missing
}

// since reads in which rooms a subscription has changed, which have left the list and
// why, also those that the client has not named, and what has become of invitations.
func (g greeter) since(ctx context.Context, head list, rev int64) (put []chat.RoomID, gone []wire.RoomGone, after []outgoing, ok bool, err error) {
	listed := func(id chat.RoomID) bool {
		return slices.ContainsFunc(head.Rooms, func(room chat.ListHead) bool { return room.Room == id })
	}
	changes, err := g.opts.Store.UserChanges(ctx, head.User.ID, rev, changesMax, g.chat.Limits().PageBytes)
	if err != nil || changes.StartOver || changes.More {
		return nil, nil, nil, false, err
	}
	for _, event := range changes.Events {
		if e, ok := event.(chat.Revised); ok && e.Revision() > head.Rev {
			break // the channel delivers it
		}
		switch e := event.(type) {
		case chat.SubscriptionPut:
			if listed(e.Subscription.ID) {
				put = append(put, e.Subscription.ID)
			}
		case chat.SubscriptionGone:
			if !listed(e.Room) {
				gone = append(gone, wire.RoomGoneOf(e))
			}
		case chat.Invited:
			after = append(after, outgoing{wire.EventInvitation, wire.InvitedOf(e)})
		case chat.InvitationGone:
			after = append(after, outgoing{wire.EventInviteGone, wire.InvitationGoneOf(e)})
		}
	}
	return put, gone, after, true, nil
}

// greet sends ready, what follows it, and what has been held back, and opens the
// channels.
func (g greeter) greet(p *conn, ready wire.Ready, after []outgoing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.emit(wire.EventReady, ready)
	for _, o := range after {
		p.emit(o.name, o.payload)
	}
	p.live = true
	user := chat.Topic{User: p.identity.User.ID}
	p.feeds[user].channel.open(p) // first: it tells of rooms in which something has happened since
	for _, h := range p.feeds {
		g.lists.open(p, h)
	}
}

// syncUser runs user:sync.
func (g greeter) syncUser(ctx context.Context, p *conn, c wire.UserSyncCommand) (wire.UserSyncAnswer, error) {
	changes, err := g.chat.Users.ChangesSince(ctx, p.user().ID, c.Since)
	if err != nil {
		return wire.UserSyncAnswer{}, err
	}
	return wire.UserSyncAnswerOf(changes), nil
}
