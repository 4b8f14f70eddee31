package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
	"partychat/internal/wire"
)

// Pages whose dialect has no rooms are in main. They receive its messages, in the
// dialects of silent pages at first, and in their own after they have sent something.
// That needs neither a name nor a membership: main is for everybody who is let in,
// except users who are banned from it.

// attendMain lets a new client collect the messages of main until its first event shows
// whether its page is of that kind. The caller need not hold p.moving.
func (c places) attendMain(ctx context.Context, p *client) {
	p.moving.Lock() // a ban that comes now is looked at after this
	defer p.moving.Unlock()
	c.mu.Lock()
	c.clients[p] = struct{}{}
	c.mu.Unlock()
	if err := c.chat.Classic.MayHearMain(ctx, p.who()); err != nil {
		c.logFault("reading bans from main", err)
		return
	}
	if err := c.places.follow(ctx, p, chat.MainRoom); err != nil {
		c.logFault("subscribing to main", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	p.open = true
	p.mu.Unlock()
	if t := c.topics[chat.MainRoom]; t != nil {
		t.enter(p, nil)
	}
	if c.opts.Seats != nil && c.exchanges[chat.MainRoom] == nil {
		c.nodes.shareLocked(chat.MainRoom)
	}
}

// openMain sends a client the messages of main in a dialect, or for nil in those of
// silent pages: first what the dialects replay and what has arrived since the client
// connected. The caller holds p.moving.
func (c places) openMain(ctx context.Context, p *client, table *dialect.Table) {
	p.mu.Lock()
	open, current := p.open, p.speaks == table
	p.mu.Unlock()
	if !open || !current {
		return
	}
	tables := c.silent
	if table != nil {
		tables = []*dialect.Table{table}
	}
	if p.quiet { // it has heard nothing yet
		c.mu.Lock()
		if t := c.topics[chat.MainRoom]; t != nil {
			t.enter(p, table)
		}
		c.mu.Unlock()
	}
	var page chat.Page
	if most := replayOf(tables); most > 0 && c.places.isEntering(p, chat.MainRoom) {
		var err error
		if page, err = c.chat.Classic.Main(ctx, p.who(), most); err != nil {
			c.logFault("reading the history of main", err)
		}
	}
	overrun := false
	defer func() { p.dropIf(overrun) }() // after the lock is released
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[chat.MainRoom]
	if t == nil {
		return
	}
	if late, entering := t.entering[p]; entering {
		if overrun = late.overrun; overrun {
			return
		}
		c.places.presentMain(p, t, tables, page)
	}
	p.socket.Leave(roomOf(nil, chat.MainRoom))
	t.seats[p] = table
	p.socket.Join(roomOf(table, chat.MainRoom))
}

// presentMain sends a client what openMain describes.
func (c places) presentMain(p *client, t *topic, tables []*dialect.Table, page chat.Page) {
	late := t.entering[p].messages
	delete(t.entering, p)
	for _, table := range tables {
		if table.Replay > 0 {
			c.told.replay(p, table, page, mainName, p.since)
			given := page
			given.Messages = page.Messages[max(0, len(page.Messages)-table.Replay):]
			p.mu.Lock()
			if p.replayed == nil {
				p.replayed = make(map[*dialect.Table]int64)
			}
			p.replayed[table] = oldestOf(given, page.Seq+1)
			p.mu.Unlock()
		}
		for _, m := range late {
			if table.Replay == 0 || m.Seq > page.Seq {
				c.told.show(p, table, m, mainName)
			}
		}
	}
	t.given[p] = page.Seq
}

// replayOf returns the largest replay of the dialects.
func replayOf(tables []*dialect.Table) int {
	most := 0
	for _, table := range tables {
		most = max(most, table.Replay)
	}
	return most
}

// closeMain undoes openMain for a client that goes into a room. If that is main, the
// client follows it in another way. The caller holds p.moving.
func (c places) closeMain(p *client, room chat.RoomID) {
	p.mu.Lock()
	open := p.open
	p.open = false
	p.mu.Unlock()
	if !open {
		return
	}
	table := p.dialect()
	p.socket.Leave(roomOf(nil, chat.MainRoom))
	p.socket.Leave(roomOf(table, chat.MainRoom))
	if table == nil || table.Open() {
		p.socket.Leave(countOf(table))
	}
	if room != chat.MainRoom {
		c.places.unfollow(p, chat.MainRoom)
	}
}

// inMain makes the client's user a member of main, once.
func (c places) inMain(ctx context.Context, p *client, user chat.User) error {
	p.mu.Lock()
	member := p.member
	p.mu.Unlock()
	if member {
		return nil
	}
	if _, err := c.chat.Classic.InMain(ctx, user); err != nil {
		return err
	}
	p.mu.Lock()
	p.member = true
	p.mu.Unlock()
	return nil
}

// leaveMain undoes openMain for a client whose user was banned from main.
func (c places) leaveMain(ctx context.Context, p *client) error {
	p.moving.Lock()
	defer p.moving.Unlock()
	p.mu.Lock()
	open := p.open
	p.member = false
	p.mu.Unlock()
	if !open {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	err := c.chat.Classic.MayHearMain(ctx, p.who())
	if chat.CodeOf(err) != chat.CodeForbidden {
		return err
	}
	c.places.closeMain(p, 0)
	c.emit(p.socket, "classicError", wire.ErrorOf(err))
	return nil
}

// lookAtMain is leaveMain for callers that cannot retry. If the store cannot be read, it
// cuts the client's connection: the client reconnects and is checked then.
func (c places) lookAtMain(p *client) {
	if err := c.places.leaveMain(c.ctx, p); err != nil {
		c.logFault("reading bans from main", err)
		p.socket.Session().Drop("forced close")
	}
}
