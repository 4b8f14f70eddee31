package redis

import "partychat/internal/chat"

// reaction is a chat.Reaction. In events, Mine is not set.
type reaction struct {
	Emoji string   `json:"emoji"`
	Count int      `json:"count"`
	Users []author `json:"users"`
	Mine  bool     `json:"mine,omitempty"`
}

func reactionOf(r chat.Reaction) reaction {
	record := reaction{Emoji: r.Emoji, Count: r.Count, Mine: r.Mine}
	for _, user := range r.Users {
		record.Users = append(record.Users, author(user))
	}
	return record
}

func (r reaction) reaction() chat.Reaction {
	out := chat.Reaction{Emoji: r.Emoji, Count: r.Count, Mine: r.Mine}
	for _, user := range r.Users {
		out.Users = append(out.Users, chat.Author(user))
	}
	return out
}

type reactionsPut struct {
	Room    chat.RoomID   `json:"room"`
	Rev     int64         `json:"rev"`
	Changes []reactionPut `json:"changes"`
}

type reactionPut struct {
	Seq   int64  `json:"seq"`
	User  author `json:"user"`
	Emoji string `json:"emoji"`
	On    bool   `json:"on,omitempty"`
	Count int    `json:"count,omitempty"`
}

func reactionsPutOf(e chat.ReactionsPut) reactionsPut {
	p := reactionsPut{Room: e.Room, Rev: e.Rev}
	for _, c := range e.Changes {
		p.Changes = append(p.Changes, reactionPut{c.Seq, author(c.User), c.Emoji, c.On, c.Count})
	}
	return p
}

func (p reactionsPut) event() chat.ReactionsPut {
	e := chat.ReactionsPut{Room: p.Room, Rev: p.Rev}
	for _, c := range p.Changes {
		e.Changes = append(e.Changes, chat.ReactionPut{Seq: c.Seq, User: chat.Author(c.User), Emoji: c.Emoji, On: c.On, Count: c.Count})
	}
	return e
}
