package classic

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// greetSilent greets a socket that has sent nothing for a moment, in all dialects, and
// sends it the messages of main in the dialects of pages that begin by listening.
func (c told) greetSilent(p *client) {
	p.moving.Lock()
	defer p.moving.Unlock()
	p.mu.Lock()
	silent := p.speaks == nil && !p.closed && !p.ended.Load()
	p.greeted = p.greeted || silent && !p.quiet
	p.mu.Unlock()
	if silent && p.quiet {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t := c.topics[chat.MainRoom]; t != nil {
			delete(t.entering, p) // it need not hear what has come so far
		}
		return
	}
	if !silent {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, commandTimeout)
	defer cancel()
	c.told.greet(ctx, p, c.dialects.Unsettled())
	c.places.openMain(ctx, p, nil)
}

// greet sends a client the greetings of the dialects, and from then on the list of who
// is online. If two dialects have the same greeting, it is sent once.
func (c told) greet(ctx context.Context, p *client, tables []*dialect.Table) {
	user := p.who()
	values := dialect.Clock(time.Now())
	if user.ID != 0 {
		values = dialect.Merge(values, personOf(user.Author()))
	}
	users, err := c.chat.Classic.Users(ctx, greetedUsers)
	if err != nil {
		c.logFault("listing users", err)
	}
	online, err := c.chat.Classic.Online(ctx)
	if err != nil {
		c.logFault("listing who is online", err)
	}
	list, names := make([]dialect.Values, 0, len(users)), make([]string, 0, len(users))
	for _, user := range users {
		list, names = append(list, personOf(user.Author())), append(names, user.Username)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if speaks := p.dialect(); speaks != nil {
		tables = []*dialect.Table{speaks} // it has said something meanwhile
	}
	values = dialect.Merge(values, dialect.Values{"users": list, "usernames": names, "online": online, "count": c.count})
	c.told.tellAll(p.socket, dialect.Greeting, tables, values)
	c.told.tellOnlineLocked(online)
	for _, table := range tables {
		if len(table.Out[dialect.Online]) > 0 {
			p.socket.Join(audienceOf(p.dialect()))
		}
	}
	c.counting.joinCount(p)
}

// tellOnline sends the sockets the list of who is online, if it has changed.
func (c told) tellOnline(ctx context.Context) {
	c.mu.Lock()
	nobody := len(c.clients) == 0
	c.mu.Unlock()
	if nobody {
		return
	}
	names, err := c.chat.Classic.Online(ctx)
	if err != nil {
		c.logFault("listing who is online", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told.tellOnlineLocked(names)
}

func (c told) tellOnlineLocked(names []string) {
	same := len(names) == len(c.online)
	for i := 0; same && i < len(names); i++ {
		same = names[i] == c.online[i]
	}
	if same {
		return
	}
	c.online = names
	values := dialect.Merge(dialect.Clock(time.Now()), dialect.Values{"online": names})
	c.told.tellAll(c.sockets.To(audienceOf(nil)), dialect.Online, c.dialects.Unsettled(), values)
	for _, table := range c.dialects.Tables() {
		if len(table.Out[dialect.Online]) > 0 {
			c.told.tellAll(c.sockets.To(audienceOf(table)), dialect.Online, []*dialect.Table{table}, values)
		}
	}
}

// audienceOf names the Socket.IO room of greeted sockets that speak a dialect, nil for
// sockets that have sent nothing.
func audienceOf(table *dialect.Table) string {
	if table == nil {
		return "classic:silent"
	}
	return "classic:dialect:" + table.Name
}

// tellAll sends the dialects' events for an occasion. Events that several dialects share
// are sent once, in an order that suits all of them.
func (c told) tellAll(to emitter, on dialect.Occasion, tables []*dialect.Table, values dialect.Values) {
	type telling struct {
		event, key string // key: the whole, as JSON
		args       []any
	}
	var all []telling
	for _, table := range tables {
		at := len(all)
		for _, emission := range slices.Backward(table.Out[on]) {
			args, ok := emission.Fill(values)
			if !ok || emission.Known && values["id"] == nil {
				continue
			}
			key, err := json.Marshal(append([]any{emission.Event}, args...))
			if err != nil {
				continue
			}
			if twice := slices.IndexFunc(all, func(other telling) bool { return other.key == string(key) }); twice >= 0 {
				at = twice
			} else {
				all = slices.Insert(all, at, telling{emission.Event, string(key), args})
			}
		}
	}
	for _, told := range all {
		c.emit(to, told.event, told.args...)
	}
}

// personOf returns the template values of a person.
func personOf(who chat.Author) dialect.Values {
	return dialect.Person(int64(who.ID), who.Username)
}
