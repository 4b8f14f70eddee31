package wire

import "partychat/internal/chat"

// Reaction is one emoji under a message, with the users who have reacted with it.
type Reaction struct {
	Emoji string   `json:"emoji"`
	Count int      `json:"count"`
	Users []Author `json:"users"` // the first of them, in the order in which they have reacted
	// Mine: the recipient is one of them. Events do not have it.
	Mine bool `json:"mine,omitempty"`
}

// reactionsOf returns the reactions as clients see them; nil if there are none.
func reactionsOf(reactions []chat.Reaction) (list []Reaction) {
	for _, r := range reactions {
		list = append(list, Reaction{Emoji: r.Emoji, Count: r.Count, Users: listOf(r.Users, AuthorOf), Mine: r.Mine})
	}
	return list
}

// ReactCommand is the argument of message:react.
type ReactCommand struct {
	Room  chat.RoomID `json:"room"`
	Seq   int64       `json:"seq"`
	Emoji string      `json:"emoji"`
	On    bool        `json:"on"` // false: take it back
}

// ReactAnswer acknowledges message:react: the change is durable.
type ReactAnswer struct {
	OK    bool  `json:"ok"`
	Rev   int64 `json:"rev"`   // once the room is known up to here, the reaction is as asked for
	Count int   `json:"count"` // how many users have reacted with the emoji
}

// ReactionPut is the event reaction:put. The changes have taken consecutive revs of the
// room, the last of them Rev. Without any, something has changed up to Rev that only
// room:sync can tell.
type ReactionPut struct {
	Room    chat.RoomID      `json:"room"`
	Rev     int64            `json:"rev"`
	Changes []ReactionChange `json:"changes,omitempty"`
}

// ReactionChange is one change in ReactionPut.
type ReactionChange struct {
	Seq   int64  `json:"seq"`
	User  Author `json:"user"`
	Emoji string `json:"emoji"`
	On    bool   `json:"on"`    // false: taken back
	Count int    `json:"count"` // how many users have reacted with the emoji after this change
}

// ReactionPutOf returns the event of reactions.
func ReactionPutOf(e chat.ReactionsPut) ReactionPut {
	put := ReactionPut{Room: e.Room, Rev: e.Rev}
	for _, c := range e.Changes {
		put.Changes = append(put.Changes, ReactionChange{Seq: c.Seq, User: AuthorOf(c.User), Emoji: c.Emoji, On: c.On, Count: c.Count})
	}
	return put
}
