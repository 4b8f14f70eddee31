package redis

import (
	"context"
	_ "embed" // the script
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

var (
	//go:embed lua/count_add.lua
	addSource string
	addScript = rueidis.NewLuaScript(addSource)
)

// counterKept is how long a counter is remembered after its last use.
const counterKept = 24 * time.Hour

// Counter implements chat.Counter for nodes that share a Redis.
type Counter struct {
	client *Client
	key    string
}

var _ chat.Counter = (*Counter)(nil)

// NewCounter returns the counter of that name.
func NewCounter(client *Client, name string) *Counter {
	name = "counter:" + name
	return &Counter{client: client, key: tag(keyPrefix, groupOf(name)) + name}
}

// Add is specified by chat.Counter.
func (c *Counter) Add(ctx context.Context, n, floor int64) (sum int64, err error) {
	// Not repeated: a second run would add once more.
	err = c.client.once(ctx, func(ctx context.Context) error {
		said, err := addScript.Exec(ctx, c.client.redis, []string{c.key},
			[]string{strconv.FormatInt(n, 10), strconv.FormatInt(floor, 10), milliseconds(counterKept)}).ToString()
		if err != nil {
			return err
		}
		sum, err = strconv.ParseInt(said, 10, 64)
		return err
	})
	return sum, err
}
