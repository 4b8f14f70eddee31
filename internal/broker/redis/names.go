package redis

import (
	"context"
	_ "embed" // the scripts
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

var (
	//go:embed lua/name_claim.lua
	claimSource string
	//go:embed lua/name_hold.lua
	holdSource string
	//go:embed lua/name_release.lua
	releaseSource string

	claimScript   = rueidis.NewLuaScript(claimSource)
	holdScript    = rueidis.NewLuaScript(holdSource)
	releaseScript = rueidis.NewLuaScript(releaseSource)
)

const (
	// nameKept is how long a name is remembered after its last use.
	nameKept = 24 * time.Hour
	// nameMaking is how long other nodes wait for the node that creates a guest.
	nameMaking = 5 * time.Second
	// nameBatch is the maximum number of names per script.
	nameBatch = 500
)

// NameOptions configure NewNames.
type NameOptions struct {
	// Lease is as in SeatOptions: a dead node uses its names for two thirds of it after
	// its last Hold. Call Hold every third of it.
	Lease time.Duration
}

// Names implements chat.NameLeases for nodes that share a Redis. Each name is a hash
// with the guest, the network, and until when each node uses it, by the clock of Redis.
type Names struct {
	client *Client
	lease  string // in milliseconds
}

var _ chat.NameLeases = (*Names)(nil)

// NewNames returns leases for this node; it holds none yet.
func NewNames(client *Client, options NameOptions) *Names {
	if options.Lease <= 0 {
		options.Lease = defaultLease
	}
	return &Names{client: client, lease: milliseconds(options.Lease * 2 / 3)}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// keyOf returns the key of a name.
func keyOf(name string) string { return tag(keyPrefix, groupOf("name:"+name)) + "name:" + name }

// Claim is specified by chat.NameLeases.
func (n *Names) Claim(ctx context.Context, name, from string) (chat.UserID, error) {
	// Not repeated: a second run would wait for the first one.
	var reply rueidis.RedisMessage
	err := n.client.once(ctx, func(ctx context.Context) (err error) {
		reply, err = claimScript.Exec(ctx, n.client.redis, []string{keyOf(name)},
			[]string{n.client.node, from, n.lease, milliseconds(nameKept), milliseconds(nameMaking)}).ToMessage()
		return err
	})
	if err != nil {
		return 0, err
	}
	said, err := reply.AsStrSlice()
	if err != nil || len(said) != 2 {
		return 0, unavailable(errors.Join(err, errors.New("unexpected answer about a name")))
	}
	switch said[0] {
	case "wait":
		return 0, chat.ErrNameInMaking
	case "taken":
		return userOf(said[1]), chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
	default:
		return userOf(said[1]), nil
	}
}

// Hold is specified by chat.NameLeases.
func (n *Names) Hold(ctx context.Context, names []chat.GuestName) error {
	var byGroup [groups][]chat.GuestName
	for _, name := range names {
		g := groupOf("name:" + name.Name)
		byGroup[g] = append(byGroup[g], name)
	}
	for _, group := range byGroup {
		for batch := range slices.Chunk(group, nameBatch) {
			keys, args := make([]string, 0, len(batch)), []string{n.client.node, n.lease, milliseconds(nameKept)}
			for _, name := range batch {
				keys = append(keys, keyOf(name.Name))
				args = append(args, strconv.FormatInt(int64(name.User), 10), name.From)
			}
			if _, err := n.client.run(ctx, holdScript, keys, args); err != nil {
				return err
			}
		}
	}
	return nil
}

// Release is specified by chat.NameLeases.
func (n *Names) Release(ctx context.Context, name string) error {
	_, err := n.client.run(ctx, releaseScript, []string{keyOf(name)}, []string{n.client.node})
	return err
}

// Forget is specified by chat.NameLeases.
func (n *Names) Forget(ctx context.Context, name string) error {
	return n.client.ask(ctx, func(ctx context.Context) error {
		return n.client.redis.Do(ctx, n.client.redis.B().Del().Key(keyOf(name)).Build()).Error()
	})
}
