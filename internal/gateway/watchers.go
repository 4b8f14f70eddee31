package gateway

import (
	"context"
	"sync"
	"time"

	"partychat/internal/chat"
)

// watchers records which connection watches whose presence. Events only mark users as
// changed. flush reads the states of those users and sends each connection the
// differences, in one event. So the order of events does not matter, and a lost one
// does no lasting harm.
type watchers struct {
	// hear and forget begin and end the delivery of a user's presence.
	hear   func(chat.UserID) error
	forget func(chat.UserID)
	states func(context.Context, []chat.UserID) ([]chat.Presence, error)
	tell   func(*conn, []chat.Presence)

	mu      sync.Mutex
	byUser  map[chat.UserID]map[*conn]*watched
	byPeer  map[*conn]*watch
	changed map[chat.UserID]struct{} // since the last flush
}

// watch has the users that one connection watches.
type watch struct {
	live  bool // ready has been sent
	users map[chat.UserID]*watched
	// quietUntil delays events that could overtake an answer. Afterwards, the states of
	// all users are compared once.
	quietUntil time.Time
	compare    bool
}

// watched is why a connection watches a user, and the state that it was sent last.
type watched struct {
	told  chat.PresenceState
	peer  bool // of one of its conversations
	asked bool // by presence:watch
}

func newWatchers() *watchers {
	return &watchers{
		byUser:  make(map[chat.UserID]map[*conn]*watched),
		byPeer:  make(map[*conn]*watch),
		changed: make(map[chat.UserID]struct{}),
	}
}

// follow makes a connection watch the other user of a conversation.
func (w *watchers) follow(p *conn, user chat.UserID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	entry, err := w.addLocked(p, user)
	if err != nil {
		return err
	}
	if !entry.peer {
		entry.peer = true
		w.changed[user] = struct{}{}
	}
	return nil
}

// ask replaces the users that presence:watch has named.
func (w *watchers) ask(p *conn, users []chat.UserID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	wanted := make(map[chat.UserID]struct{}, len(users))
	for _, user := range users {
		wanted[user] = struct{}{}
		entry, err := w.addLocked(p, user)
		if err != nil {
			return err
		}
		entry.asked = true
	}
	if mine := w.byPeer[p]; mine != nil {
		for user, entry := range mine.users {
			if _, ok := wanted[user]; !ok {
				entry.asked = false
				w.settleLocked(p, user, entry)
			}
		}
	}
	return nil
}

// asked returns the users that presence:watch has named.
func (w *watchers) asked(p *conn) (users []chat.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := w.byPeer[p]
	if mine == nil {
		return nil
	}
	for user, entry := range mine.users {
		if entry.asked {
			users = append(users, user)
		}
	}
	return users
}

// told records the states that an answer contains. Until the given time, the
// connection gets no events, because an older one could overtake the answer; then it
// gets what differs.
func (w *watchers) told(p *conn, users []chat.UserID, states []chat.Presence, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := w.byPeer[p]
	if mine == nil {
		return
	}
	for _, user := range users {
		if entry := mine.users[user]; entry != nil {
			entry.told = chat.PresenceOffline
		}
	}
	for _, presence := range states {
		if entry := mine.users[presence.User]; entry != nil {
			entry.told = presence.State
		}
	}
	mine.quietUntil, mine.compare = until, true
}

// open starts the events of a connection.
func (w *watchers) open(p *conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mineLocked(p).live = true
}

// remove removes a connection.
func (w *watchers) remove(p *conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := w.byPeer[p]
	if mine == nil {
		return
	}
	for user, entry := range mine.users {
		entry.peer, entry.asked = false, false
		w.settleLocked(p, user, entry)
	}
	delete(w.byPeer, p)
}

// note marks a user whose state may have changed.
func (w *watchers) note(user chat.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.byUser[user]; ok {
		w.changed[user] = struct{}{}
	}
}

// watching returns the connections that watch a user and have been greeted.
func (w *watchers) watching(user chat.UserID) (list []*conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p := range w.byUser[user] {
		if w.byPeer[p].live {
			list = append(list, p)
		}
	}
	return list
}

// doubt marks all users.
func (w *watchers) doubt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for user := range w.byUser {
		w.changed[user] = struct{}{}
	}
}

// flush sends each connection what has changed, in one event. If other nodes cannot be
// asked, it sends only the states that are certain, and the next flush repeats the
// rest.
func (w *watchers) flush(ctx context.Context, now time.Time) error {
	users, comparing := w.due(now)
	if len(users) == 0 {
		return nil
	}
	there, err := w.states(ctx, users)
	if err != nil {
		w.undo(users, comparing)
	}
	states := make(map[chat.UserID]chat.PresenceState, len(there))
	for _, presence := range there {
		states[presence.User] = presence.State
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	news := make(map[*conn][]chat.Presence)
	for _, user := range users {
		state, ok := states[user]
		switch {
		case ok:
		case err != nil:
			continue // it is not known
		default:
			state = chat.PresenceOffline
		}
		for p, entry := range w.byUser[user] {
			mine := w.byPeer[p]
			if entry.told == state || !mine.live || mine.quietUntil.After(now) {
				continue
			}
			entry.told = state
			news[p] = append(news[p], chat.Presence{User: user, State: state})
		}
	}
	for p, changes := range news {
		w.tell(p, changes)
	}
	return err
}

// due takes the changed users, and returns the connections whose users are all among
// them.
func (w *watchers) due(now time.Time) (users []chat.UserID, comparing []*conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p, mine := range w.byPeer {
		if !mine.compare || !mine.live || mine.quietUntil.After(now) {
			continue
		}
		mine.compare = false
		comparing = append(comparing, p)
		for user := range mine.users {
			w.changed[user] = struct{}{}
		}
	}
	users = make([]chat.UserID, 0, len(w.changed))
	for user := range w.changed {
		users = append(users, user)
	}
	clear(w.changed)
	return users, comparing
}

func (w *watchers) undo(users []chat.UserID, comparing []*conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, user := range users {
		w.changed[user] = struct{}{}
	}
	for _, p := range comparing {
		if mine := w.byPeer[p]; mine != nil {
			mine.compare = true
		}
	}
}

func (w *watchers) mineLocked(p *conn) *watch {
	mine := w.byPeer[p]
	if mine == nil {
		mine = &watch{users: make(map[chat.UserID]*watched)}
		w.byPeer[p] = mine
	}
	return mine
}

func (w *watchers) addLocked(p *conn, user chat.UserID) (*watched, error) {
	mine := w.mineLocked(p)
	if entry := mine.users[user]; entry != nil {
		return entry, nil
	}
	peers := w.byUser[user]
	if peers == nil {
		if err := w.hear(user); err != nil {
			return nil, err
		}
		peers = make(map[*conn]*watched)
		w.byUser[user] = peers
	}
	entry := &watched{told: chat.PresenceOffline}
	peers[p], mine.users[user] = entry, entry
	return entry, nil
}

// settleLocked removes a user whom the connection has no reason to watch any more.
func (w *watchers) settleLocked(p *conn, user chat.UserID, entry *watched) {
	if entry.peer || entry.asked {
		return
	}
	delete(w.byPeer[p].users, user)
	delete(w.byUser[user], p)
	if len(w.byUser[user]) == 0 {
		delete(w.byUser, user)
		delete(w.changed, user)
		w.forget(user)
	}
}
