package gateway

import (
	"context"
	"sync"
	"time"

	"partychat/internal/chat"
)

// watchers is which socket of this node watches whose presence. What is heard
// in between is only noted; flush tells each socket what is another by then,
// in one event. States are read anew for it, so that it matters neither in
// which order the events came nor whether all did.
type watchers struct {
	// hear and forget begin and end the delivery of a user's presence.
	hear   func(chat.UserID) error
	forget func(chat.UserID)
	states func(context.Context, []chat.UserID) ([]chat.Presence, error)
	tell   func(*peer, []chat.Presence)

	mu      sync.Mutex
	byUser  map[chat.UserID]map[*peer]*watched
	byPeer  map[*peer]*watch
	changed map[chat.UserID]struct{} // since the last flush
}

// watch is what one socket watches.
type watch struct {
	live  bool // it has had ready
	users map[chat.UserID]*watched
	// quietUntil keeps events back that could overtake an answer. Then all
	// that is watched is compared once.
	quietUntil time.Time
	compare    bool
}

// watched is why a socket watches a user, and what it was told last.
type watched struct {
	told  chat.PresenceState
	peer  bool // of one of its conversations
	asked bool // by presence:watch
}

func newWatchers() *watchers {
	return &watchers{
		byUser:  make(map[chat.UserID]map[*peer]*watched),
		byPeer:  make(map[*peer]*watch),
		changed: make(map[chat.UserID]struct{}),
	}
}

// follow makes the socket watch the peer of a conversation.
func (w *watchers) follow(p *peer, user chat.UserID) error {
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

// ask makes the socket watch these users, instead of those it asked for before.
func (w *watchers) ask(p *peer, users []chat.UserID) error {
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

// asked gives whom the socket has named itself.
func (w *watchers) asked(p *peer) (users []chat.UserID) {
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

// told notes what the socket is being told by an answer, which nothing older
// may overtake: it hears no more until then, and after that whatever differs.
func (w *watchers) told(p *peer, users []chat.UserID, states []chat.Presence, until time.Time) {
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

// open lets the socket be told from now on.
func (w *watchers) open(p *peer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mineLocked(p).live = true
}

// remove ends all that the socket watches.
func (w *watchers) remove(p *peer) {
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

// note takes in that a user's state may be another.
func (w *watchers) note(user chat.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.byUser[user]; ok {
		w.changed[user] = struct{}{}
	}
}

// doubt notes all users who are watched.
func (w *watchers) doubt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for user := range w.byUser {
		w.changed[user] = struct{}{}
	}
}

// flush tells each socket what has changed, in one event. While the states
// cannot be read, only those are told of who are certainly there; the next
// flush does it again.
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
	news := make(map[*peer][]chat.Presence)
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

// due takes the users whose states are to be read, and the sockets on whose
// account they all are.
func (w *watchers) due(now time.Time) (users []chat.UserID, comparing []*peer) {
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

func (w *watchers) undo(users []chat.UserID, comparing []*peer) {
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

func (w *watchers) mineLocked(p *peer) *watch {
	mine := w.byPeer[p]
	if mine == nil {
		mine = &watch{users: make(map[chat.UserID]*watched)}
		w.byPeer[p] = mine
	}
	return mine
}

func (w *watchers) addLocked(p *peer, user chat.UserID) (*watched, error) {
	mine := w.mineLocked(p)
	if entry := mine.users[user]; entry != nil {
		return entry, nil
	}
	peers := w.byUser[user]
	if peers == nil {
		if err := w.hear(user); err != nil {
			return nil, err
		}
		peers = make(map[*peer]*watched)
		w.byUser[user] = peers
	}
	entry := &watched{told: chat.PresenceOffline}
	peers[p], mine.users[user] = entry, entry
	return entry, nil
}

// settleLocked lets go of a user whom the socket has no reason to watch.
func (w *watchers) settleLocked(p *peer, user chat.UserID, entry *watched) {
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
