package classic

import (
	"context"
	"strings"

	"partychat/internal/classic/dialect"
)

// countOne adds one to the count and broadcasts it.
func (c commands) countOne(ctx context.Context, k *call) {
	c.mu.Lock()
	c.count++
	c.mu.Unlock()
	c.counting.addUp(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	k.answer = dialect.Values{"count": c.count}
	c.counting.tellCountLocked()
}

// tellCount broadcasts the count if other nodes have added to it.
func (c counting) tellCount(ctx context.Context) {
	c.mu.Lock()
	before, nobody := c.count, len(c.clients) == 0
	c.mu.Unlock()
	if nobody || c.opts.Count == nil {
		return
	}
	c.counting.addUp(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count != before {
		c.counting.tellCountLocked()
	}
}

// addUp adds what this node has counted to the count of all nodes, and takes what they
// have. While the other nodes cannot be asked, this node goes on by itself.
func (c counting) addUp(ctx context.Context) {
	if c.opts.Count == nil {
		return
	}
	c.adding.Lock() // the floor counts only what has been added
	defer c.adding.Unlock()
	c.mu.Lock()
	floor := c.counted
	own := c.count - floor
	c.mu.Unlock()
	sum, err := c.opts.Count.Add(ctx, own, floor)
	if err != nil {
		c.logFault("adding to the count", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count += sum - floor - own // by other nodes
	c.counted = sum
}

// tellCountLocked broadcasts the count. The caller holds Classic.mu.
func (c counting) tellCountLocked() {
	values := dialect.Values{"count": c.count}
	c.told.tellAll(c.sockets.To(countOf(nil)), dialect.Counted, c.dialects.Unsettled(), values)
	for _, table := range c.dialects.Tables() {
		c.told.tellAll(c.sockets.To(countOf(table)), dialect.Counted, []*dialect.Table{table}, values)
	}
}

// joinCount subscribes a client to the count, unless its pages are in main and its user
// is banned from there. The caller holds Classic.mu, so that the client misses no change
// between the greeting and the subscription.
func (c counting) joinCount(p *client) {
	p.mu.Lock()
	table, open := p.speaks, p.open
	p.mu.Unlock()
	if open || table != nil && !table.Open() {
		p.socket.Join(countOf(table))
	}
}

// countOf names the Socket.IO room of the sockets that receive the count in a dialect,
// nil for sockets that have sent nothing.
func countOf(table *dialect.Table) string {
	return "classic:count:" + strings.TrimPrefix(audienceOf(table), "classic:")
}
