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

// SessionStore keeps the sessions of those who have logged in. An id is as good as
// the password; a store should keep it hashed, and forget it after a day or so.
type SessionStore interface {
	SaveSession(ctx context.Context, id string) error
	SessionExists(ctx context.Context, id string) (bool, error)
}

var (
	errCredentials = errors.New("invalid credentials") // the page knows this text
	errTooMany     = errors.New("too many attempts, try again in a minute")
)

// authenticate is the namespace's middleware. The new session's id goes into the
// socket's data.
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
	// Both are compared, so that time does not tell which is wrong.
	var wrong error
	if !a.gate.hash(func() { wrong = bcrypt.CompareHashAndPassword([]byte(a.opts.PasswordHash), []byte(auth.Password)) }) {
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

// session is the id of a session, as a socket's data. It is a secret, so it has no
// JSON: data is shown on the page, and sent to other processes.
type session string

// MarshalJSON implements json.Marshaler.
func (session) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// gate limits attempts by network address.
type gate struct {
	hashing  sync.Mutex
	waiting  atomic.Int32 // to hash, or hashing
	mu       sync.Mutex
	since    time.Time
	attempts map[netip.Prefix]int
}

// enter counts an attempt and says whether it may be made.
func (g *gate) enter(network netip.Prefix, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since) >= time.Minute {
		g.since, g.attempts = now, make(map[netip.Prefix]int)
	}
	if len(g.attempts) >= maxNetworks {
		return false
	}
	g.attempts[network]++
	return g.attempts[network] <= maxAttempts
}

// hash makes one comparison at a time, for each is meant to take long. It makes none
// and reports false if too many wait: they would delay the one who has the password,
// and other namespaces under socketio.Options.MaxConnecting.
func (g *gate) hash(compare func()) bool {
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > maxHashing {
		return false
	}
	g.hashing.Lock()
	defer g.hashing.Unlock()
	compare()
	return true
}

// forgive forgets the attempts of who has the password.
func (g *gate) forgive(network netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.attempts, network)
}

const (
	maxNetworks     = 10_000 // that may try in one minute
	maxHashing      = 8      // passwords that are compared, or wait for that
	sessionDuration = 24 * time.Hour
	maxSessions     = 1000
)

// memoryStore keeps sessions in this process.
type memoryStore struct {
	mu       sync.Mutex
	sessions map[[sha256.Size]byte]time.Time // by the hash of the id
}

// SaveSession implements SessionStore. Of too many sessions an arbitrary one goes.
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
