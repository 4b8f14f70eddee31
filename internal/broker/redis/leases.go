package redis

import (
	"context"
	_ "embed" // the scripts
	"strconv"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

var (
	//go:embed lua/presence_join.lua
	joinSource string
	//go:embed lua/presence_renew.lua
	renewSource string
	//go:embed lua/presence_set.lua
	setSource string
	//go:embed lua/presence_lapse.lua
	lapseSource string
	//go:embed lua/presence_mine.lua
	mineSource string

	joinScript  = rueidis.NewLuaScript(joinSource)
	renewScript = rueidis.NewLuaScript(renewSource)
	setScript   = rueidis.NewLuaScript(setSource)
	lapseScript = rueidis.NewLuaScript(lapseSource)
	mineScript  = rueidis.NewLuaScript(mineSource)
)

// presenceChange is a user's state over all nodes, before and after a change.
type presenceChange struct {
	user          chat.UserID
	before, after chat.PresenceState
}

// apply sends the state that this node reports for the users to Redis. It returns
// nothing if Redis does not know the previous reports of this node: then call
// resync.
func (p *Presence) apply(ctx context.Context, g *presenceGroup, users []chat.UserID) ([]presenceChange, error) {
	args := []string{p.client.node, number(g.number), number(g.number + 1)}
	for _, user := range users {
		state := ""
		switch g.get(user) {
		case chat.PresenceOnline:
			state = "o"
		case chat.PresenceAway:
			state = "a"
		case chat.PresenceOffline:
		}
		args = append(args, strconv.FormatInt(int64(user), 10), state)
	}
	// Not repeated: a second run could not tell what the first one has changed.
	var reply rueidis.RedisMessage
	err := p.client.once(ctx, func(ctx context.Context) (err error) {
		reply, err = setScript.Exec(ctx, p.client.redis, g.keys, args).ToMessage()
		return err
	})
	if err != nil || reply.IsNil() {
		g.known = false
		return nil, err
	}
	g.number++
	said, err := reply.AsStrSlice()
	if err != nil {
		return nil, err
	}
	changes := make([]presenceChange, 0, len(users))
	for i, user := range users {
		changes = append(changes, presenceChange{user, stateOf(said[2*i]), stateOf(said[2*i+1])})
	}
	return changes, nil
}

// resync sends all reports of this node about users of the group to Redis.
func (p *Presence) resync(ctx context.Context, g *presenceGroup) (changes []presenceChange, err error) {
	again := g.number > 0 // earlier reports may be outdated
	g.number++
	// From here on Redis rejects reports that are still in flight.
	if _, err := p.client.run(ctx, joinScript, g.keys[:1], []string{p.client.node, p.lease, number(g.number)}); err != nil {
		return nil, err
	}
	users := g.users()
	if again {
		old, err := p.outdated(ctx, g)
		if err != nil {
			return nil, err
		}
		users = append(users, old...)
	}
	for len(users) > 0 {
		n := min(len(users), presenceBatch)
		part, err := p.apply(ctx, g, users[:n])
		changes = append(changes, part...)
		if err == nil && len(part) == 0 {
			err = unavailable(nil) // Redis loses data meanwhile; Renew tries again
		}
		if err != nil {
			for _, c := range changes {
				p.keep(c)
			}
			return nil, err
		}
		users = users[n:]
	}
	g.known = true
	return changes, nil
}

// outdated returns the users for whom Redis has leases of this node that this
// node no longer holds.
func (p *Presence) outdated(ctx context.Context, g *presenceGroup) (users []chat.UserID, err error) {
	for cursor := "0"; ; {
		reply, err := p.client.run(ctx, mineScript, g.keys[1:], []string{p.client.node, cursor, number(presenceBatch)})
		if err != nil {
			return nil, err
		}
		var mine []string
		if cursor, mine, err = pageOf(reply); err != nil {
			return nil, err
		}
		for _, name := range mine {
			if user := userOf(name); g.get(user) == chat.PresenceOffline {
				users = append(users, user)
			}
		}
		if cursor == "0" {
			return users, nil
		}
	}
}

// renew extends this node's leases in the group, and ends those of dead nodes.
func (p *Presence) renew(ctx context.Context, g *presenceGroup) error {
	lapsed, err := p.renewOwn(ctx, g)
	if err != nil {
		return err
	}
	for _, node := range lapsed {
		for cursor := "0"; ; {
			reply, err := p.client.run(ctx, lapseScript, g.keys, []string{node, cursor, number(presenceBatch)})
			if err != nil {
				return err
			}
			var ended []string
			if cursor, ended, err = pageOf(reply); err != nil {
				return err
			}
			for i := 0; i+2 < len(ended); i += 3 {
				p.keep(presenceChange{userOf(ended[i]), stateOf(ended[i+1]), stateOf(ended[i+2])})
			}
			if cursor == "0" {
				break
			}
		}
	}
	return nil
}

// renewOwn extends this node's leases, and returns the nodes whose leases have
// lapsed.
func (p *Presence) renewOwn(ctx context.Context, g *presenceGroup) (lapsed []string, err error) {
	g.order.Lock()
	defer g.order.Unlock()
	reply, err := p.client.run(ctx, renewScript, g.keys[:1], []string{p.client.node, p.lease, number(g.number)})
	if err != nil {
		return nil, err
	}
	parts, err := reply.ToArray()
	if err != nil || len(parts) != 2 {
		return nil, unavailable(err)
	}
	if lapsed, err = parts[1].AsStrSlice(); err != nil {
		return nil, unavailable(err)
	}
	if known, _ := parts[0].AsInt64(); known == 1 && g.known {
		return lapsed, nil
	}
	changes, err := p.resync(ctx, g)
	for _, c := range changes {
		p.keep(c)
	}
	return lapsed, err
}

// read adds the states of the users that Redis knows.
func (p *Presence) read(ctx context.Context, users []chat.UserID, states map[chat.UserID]chat.PresenceState) error {
	byGroup := make(map[*presenceGroup][]string)
	for _, user := range users {
		g := p.groupOf(user)
		byGroup[g] = append(byGroup[g], strconv.FormatInt(int64(user), 10))
	}
	if len(byGroup) == 0 {
		return nil
	}
	return p.client.ask(ctx, func(ctx context.Context) error {
		commands := make([]rueidis.Completed, 0, len(byGroup))
		asked := make([][]string, 0, len(byGroup))
		for g, names := range byGroup {
			commands = append(commands, p.client.redis.B().Hmget().Key(g.keys[1]).Field(names...).Build())
			asked = append(asked, names)
		}
		for i, result := range p.client.redis.DoMulti(ctx, commands...) {
			said, err := result.AsStrSlice()
			if err != nil {
				return err
			}
			for j, name := range asked[i] {
				states[userOf(name)] = stateOf(said[j])
			}
		}
		return nil
	})
}

// readAll adds all users that Redis knows.
func (p *Presence) readAll(ctx context.Context, online map[chat.UserID]struct{}) error {
	return p.client.ask(ctx, func(ctx context.Context) error {
		commands := make([]rueidis.Completed, 0, groups)
		for i := range p.groups {
			commands = append(commands, p.client.redis.B().Hkeys().Key(p.groups[i].keys[1]).Build())
		}
		for _, result := range p.client.redis.DoMulti(ctx, commands...) {
			names, err := result.AsStrSlice()
			if err != nil {
				return err
			}
			for _, name := range names {
				online[userOf(name)] = struct{}{}
			}
		}
		return nil
	})
}

// pageOf decodes the result of a script that reads one page: a cursor and a list.
func pageOf(reply rueidis.RedisMessage) (cursor string, list []string, err error) {
	parts, err := reply.ToArray()
	if err != nil || len(parts) != 2 {
		return "", nil, unavailable(err)
	}
	if cursor, err = parts[0].ToString(); err != nil {
		return "", nil, unavailable(err)
	}
	list, err = parts[1].AsStrSlice()
	return cursor, list, err
}

func number[N int | uint64](n N) string { return strconv.FormatUint(uint64(n), 10) }

func userOf(name string) chat.UserID {
	id, _ := strconv.ParseInt(name, 10, 64) // we wrote it
	return chat.UserID(id)
}
