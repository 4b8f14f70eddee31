package adminui

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/bcrypt"

	"partychat/engineio"
	"partychat/socketio"
)

// SessionStore stores login sessions. A session id is as powerful as the password: a store should hash
// it, and delete it after a day or so.
type SessionStore interface {
	SaveSession(ctx context.Context, id string) error
	SessionExists(ctx context.Context, id string) (bool, error)
}

var (
	errCredentials = errors.New("invalid credentials") // the page knows this text
	errTooMany     = errors.New("too many attempts, try again in a minute")
)

// authenticate is the namespace's middleware. It stores the new session's id in the socket's data.
func (a *Admin) authenticate(ctx context.Context, s *socketio.Socket) error {
	var auth struct{ SessionID, Username, Password string }
	if s.Handshake().DecodeAuth(&auth) != nil {
		return errCredentials
	}
	if auth.SessionID != "" {
		if known, err := a.opts.Sessions.SessionExists(ctx, auth.SessionID); err == nil && known {
			return nil
		}
	}
	network := engineio.Network(s.Handshake().Address)
	if !a.gate.enter(network, time.Now()) {
		return errTooMany
	}
	// Compare both always, so that timing does not reveal which is wrong.
	var wrong error
	if !a.gate.hash(network, func() { wrong = bcrypt.CompareHashAndPassword([]byte(a.opts.PasswordHash), []byte(auth.Password)) }) {
		return errTooMany
	}
	if subtle.ConstantTimeCompare([]byte(auth.Username), []byte(a.opts.Username)) != 1 || wrong != nil {
		return errCredentials
	}
	a.gate.forgive(network)
	var id [16]byte
	rand.Read(id[:])
	made := hex.EncodeToString(id[:])
	if err := a.opts.Sessions.SaveSession(ctx, made); err != nil {
		return err
	}
	s.SetData(session(made))
	return nil
}

// session is a session id in a socket's data. The id is secret, so it has no JSON form: data is shown
// on the page and sent to other processes.
type session string

// MarshalJSON implements json.Marshaler.
func (session) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// gate limits attempts per network. Networks from which somebody has logged in before have a separate
// allowance, so that strangers' attempts cannot lock them out.
type gate struct {
	known, others lane

	mu       sync.Mutex
	since    time.Time
	attempts map[netip.Prefix]int
	admins   map[netip.Prefix]struct{} // networks from which somebody has logged in
}

// enter counts an attempt and reports whether it is allowed. If the table is full, an arbitrary network
// is removed: refusing all new networks would lock admins out. The lanes limit the attempts of all
// networks together.
func (g *gate) enter(network netip.Prefix, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since) >= time.Minute {
		g.since, g.attempts = now, make(map[netip.Prefix]int)
	}
	if _, there := g.attempts[network]; !there {
		forgetOne(g.attempts, maxNetworks)
	}
	g.attempts[network]++
	return g.attempts[network] <= maxAttempts
}

// hash compares a password. It returns false, without comparing, if too many comparisons are waiting.
func (g *gate) hash(network netip.Prefix, compare func()) bool {
	g.mu.Lock()
	_, known := g.admins[network]
	g.mu.Unlock()
	if known {
		return g.known.hash(compare)
	}
	return g.others.hash(compare)
}

// forgive clears the attempts of a network from which somebody has logged in, and remembers the
// network.
func (g *gate) forgive(network netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.attempts, network)
	if g.admins == nil {
		g.admins = make(map[netip.Prefix]struct{})
	}
	if _, known := g.admins[network]; !known {
		forgetOne(g.admins, maxSessions)
	}
	g.admins[network] = struct{}{}
}

// forgetOne removes an arbitrary entry from a full map.
func forgetOne[V any](from map[netip.Prefix]V, size int) {
	if len(from) < size {
		return
	}
	for network := range from {
		delete(from, network)
		return
	}
}

// lane makes one comparison at a time, because bcrypt is deliberately slow.
type lane struct {
	hashing sync.Mutex
	waiting atomic.Int32 // comparisons running or waiting
}

// hash makes a comparison. It returns false, without comparing, if too many are waiting: they would
// delay the others, and with socketio.Options.MaxConnecting other namespaces too.
func (l *lane) hash(compare func()) bool {
	defer l.waiting.Add(-1)
	if l.waiting.Add(1) > maxHashing {
		return false
	}
	l.hashing.Lock()
	defer l.hashing.Unlock()
	compare()
	return true
}

const (
	maxNetworks     = 10_000 // networks whose attempts within a minute are counted
	maxHashing      = 8      // password comparisons running or waiting in each lane
	sessionDuration = 24 * time.Hour
	maxSessions     = 1000
)

// memoryStore keeps sessions in this process.
type memoryStore struct {
	mu       sync.Mutex
	sessions map[[sha256.Size]byte]time.Time // keyed by the hash of the id
}

// SaveSession implements SessionStore. If the store is full, it removes an arbitrary session.
func (m *memoryStore) SaveSession(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sessions == nil {
		m.sessions = make(map[[sha256.Size]byte]time.Time)
	}
	for known, at := range m.sessions {
		if time.Since(at) > sessionDuration || len(m.sessions) >= maxSessions {
			delete(m.sessions, known)
		}
	}
	m.sessions[sha256.Sum256([]byte(id))] = time.Now()
	return nil
}

// SessionExists implements SessionStore.
func (m *memoryStore) SessionExists(_ context.Context, id string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.sessions[sha256.Sum256([]byte(id))]
	return ok && time.Since(at) <= sessionDuration, nil
}
