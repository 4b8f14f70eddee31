package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// Pages that go into no room are in main. There they hear what is said, in the
// dialects of silent pages at first and in their own once they have said something.
// That needs no name and no membership: main is for everybody who is let in at all,
// but for those who are banned from it.

// attendMain lets a client that has just come collect what is said in main, until it
// shows that it is a page of that kind, or is not. The caller need not hold p.moving.
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
}

// openMain lets a client that is in main hear it in a dialect, or as a silent page for
// nil. At first it is given what the dialects replay, and what has come in since it
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
	var page chat.Page
	if most := replayOf(tables); most > 0 && c.places.isEntering(p, chat.MainRoom) {
		var err error
		if page, err = c.chat.Classic.Main(ctx, p.who(), most); err != nil {
			c.logFault("reading the history of main", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[chat.MainRoom]
	if t == nil {
		return
	}
	if _, entering := t.entering[p]; entering {
		c.places.presentMain(p, t, tables, page)
	}
	p.socket.Leave(roomOf(nil, chat.MainRoom))
	t.seats[p] = table
	p.socket.Join(roomOf(table, chat.MainRoom))
}

// presentMain gives a client what openMain says.
func (c places) presentMain(p *client, t *topic, tables []*dialect.Table, page chat.Page) {
	late := t.entering[p]
	delete(t.entering, p)
	for _, table := range tables {
		if table.Replay > 0 {
			c.told.replay(p, table, page, mainName, p.since)
		}
		for _, m := range late {
			if table.Replay == 0 || m.Seq > page.Seq {
				c.told.show(p, table, m, mainName)
			}
		}
	}
	t.given[p] = page.Seq
}

// replayOf gives the most messages that one of the dialects replays.
func replayOf(tables []*dialect.Table) int {
	most := 0
	for _, table := range tables {
		most = max(most, table.Replay)
	}
	return most
}

// closeMain ends that for a client that goes into a room, which it then follows in
// another way if it is main. The caller holds p.moving.
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

// leaveMain ends that for a client whose user is banned from main since.
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
	c.emit(p.socket, "classicError", chat.InfoOf(err))
	return nil
}

// lookAtMain is leaveMain for who cannot try again. Whom the store cannot tell of now
// is cut: the client comes back, and is looked at then.
func (c places) lookAtMain(p *client) {
	if err := c.places.leaveMain(c.ctx, p); err != nil {
		c.logFault("reading bans from main", err)
		p.socket.Session().Drop("forced close")
	}
}
