package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

const (
	saltBytes = 16
	keyBytes  = 32

	// Limits on the cost of a stored hash, so that a damaged one fails instead of
	// taking all memory.
	maxMemoryKiB = 1 << 20
	maxPasses    = 64
)

var errBadHash = errors.New("auth: not an argon2id hash in PHC form")

// Argon2Options set the cost of a password hash. Zero fields get OWASP's
// recommendation for argon2id: 19 MiB, two passes, one lane.
type Argon2Options struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
	// Concurrent is the number of hashes that are computed at the same time;
	// others wait. It bounds the memory that many concurrent log-ins take.
	// Default: one per processor.
	Concurrent int
	// Queue is the number of hashes that may wait; default 64. Log-ins under a
	// name from an address that has logged in with it before wait in a separate
	// queue of the same length, which is served first.
	Queue int
}

func (o Argon2Options) withDefaults() Argon2Options {
	if o.MemoryKiB == 0 {
		o.MemoryKiB = 19 * 1024
	}
	if o.Passes == 0 {
		o.Passes = 2
	}
	if o.Lanes == 0 {
		o.Lanes = 1
	}
	if o.Concurrent <= 0 {
		o.Concurrent = runtime.GOMAXPROCS(0)
	}
	if o.Queue <= 0 {
		o.Queue = 64
	}
	return o
}

// Argon2 implements chat.PasswordHasher with argon2id (RFC 9106). Hashes are
// stored in PHC string format, so hashes with other parameters stay valid.
// Passwords that differ only in their canonical Unicode form are equal (RFC 8265,
// OpaqueString), because the form depends on the keyboard.
type Argon2 struct {
	cost  cost
	turns *queue
}

// NewArgon2 returns a hasher.
func NewArgon2(options Argon2Options) *Argon2 {
	o := options.withDefaults()
	return &Argon2{
		cost:  cost{memoryKiB: o.MemoryKiB, passes: o.Passes, lanes: o.Lanes},
		turns: newQueue(o.Concurrent, o.Queue),
	}
}

// Hash is specified by chat.PasswordHasher.
func (a *Argon2) Hash(ctx context.Context, password string) (string, error) {
	h := phc{cost: a.cost, salt: make([]byte, saltBytes)}
	_, _ = rand.Read(h.salt) // never fails, by its contract
	key, err := a.derive(ctx, password, h.cost, h.salt, keyBytes)
	if err != nil {
		return "", err
	}
	h.key = key
	return h.String(), nil
}

// Verify reports whether the password matches the hash. An empty hash never
// matches and takes as long, so that the time does not reveal whether a user
// exists. It fails if the hash is damaged, if too many calls wait, and if ctx
// ends.
func (a *Argon2) Verify(ctx context.Context, password, hash string) (bool, error) {
	if hash == "" {
		_, err := a.derive(ctx, password, a.cost, make([]byte, saltBytes), keyBytes)
		return false, err
	}
	h, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	key, err := a.derive(ctx, password, h.cost, h.salt, uint32(len(h.key)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, h.key) == 1, nil
}

func (a *Argon2) derive(ctx context.Context, password string, c cost, salt []byte, length uint32) ([]byte, error) {
	if err := a.turns.enter(ctx); err != nil {
		return nil, err
	}
	defer a.turns.leave()
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.passes, c.memoryKiB, c.lanes, length), nil
}

// cost is the cost of one hash.
type cost struct {
	memoryKiB uint32
	passes    uint32
	lanes     uint8
}

// phc is a hash with the parameters for its verification.
type phc struct {
	cost cost
	salt []byte
	key  []byte
}

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memoryKiB, h.cost.passes, h.cost.lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errBadHash
	}
	var h phc
	c := &h.cost
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memoryKiB, &c.passes, &c.lanes); err != nil {
		return phc{}, errBadHash
	}
	if c.memoryKiB > maxMemoryKiB || c.passes < 1 || c.passes > maxPasses || c.lanes < 1 {
		return phc{}, errBadHash
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(h.salt) == 0 || len(h.key) == 0 {
		return phc{}, errBadHash
	}
	return h, nil
}
