package sqlstore

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"partychat/internal/chat"
)

type followStatements struct {
	Follow, PutFollow, ThreadOf, Followers string
	Threads, UnreadThreads, UnreadInThread string
}

func (d Dialect) follows() followStatements {
	// What is unread for the follower f.
	unread := `FROM messages x WHERE x.room = f.room AND ` + d.Rare(`x.thread = f.root`) + `
        AND x.seq > f.read_seq AND NOT x.deleted AND x.author <> f."user"`
	mine := `
FROM thread_follows f ` + d.Join + ` memberships m ON m.room = f.room AND m."user" = f."user"`
	return followStatements{
		Follow: `SELECT f.follows, f.read_seq, f.rev FROM thread_follows f WHERE f."user" = $1 AND f.room = $2 AND f.root = $3`,

		PutFollow: `
INSERT INTO thread_follows ("user", room, root, follows, read_seq, rev) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ("user", room, root) DO UPDATE SET follows = excluded.follows, read_seq = excluded.read_seq, rev = excluded.rev`,

		Followers: `SELECT f.root, f."user" FROM thread_follows f WHERE f.room = $1 AND f.follows = 1 AND ` + d.Any("f.root", "$2"),

		ThreadOf: `SELECT t.author FROM messages t WHERE t.room = $1 AND t.seq = $2`,

		UnreadInThread: `
SELECT (SELECT count(*) ` + unread + `) FROM thread_follows f WHERE f."user" = $1 AND f.room = $2 AND f.root = $3`,

		Threads: `
SELECT f.room, f.root, f.follows, f.read_seq, f.rev, (SELECT count(*) ` + unread + `),
    coalesce(l.created_at, t.created_at), coalesce(h.replies, 0), coalesce(h.latest, 0), ` + previewColumns + mine + `
` + d.Join + ` messages t ON t.room = f.room AND t.seq = f.root
` + d.Join + ` users u ON u.id = t.author
LEFT JOIN threads h ON h.room = f.room AND h.root = f.root
LEFT JOIN messages l ON l.room = f.room AND l.seq = h.latest
WHERE f."user" = $1 AND f.follows = 1 AND (coalesce(l.created_at, t.created_at), f.room, f.root) < ($2, $3, $4)
ORDER BY coalesce(l.created_at, t.created_at) DESC, f.room DESC, f.root DESC LIMIT $5`,

		UnreadThreads: `SELECT count(*) ` + mine + ` WHERE f."user" = $1 AND f.follows = 1 AND EXISTS (SELECT 1 ` + unread + `)`,
	}
}

// follow reads what a user is to a thread.
func follow(c *Core, q Queries, user chat.UserID, room chat.RoomID, root int64) (s chat.ThreadState, err error) {
	s = chat.ThreadState{User: user, Room: room, Root: root}
	var follows int64
	_, err = q.Row(c.sql.Follow, []any{user, room, root}, &follows, &s.ReadSeq, &s.Rev)
	s.Follows = follows != 0
	return s, err
}

// putFollow stores what a user is to a thread, at the next rev of the user's stream.
func putFollow(c *Core, tx Tx, s chat.ThreadState) (chat.ThreadState, error) {
	rev, err := take(tx, takeUserRev, s.User)
	if err != nil {
		return s, err
	}
	s.Rev = rev
	follows := 0
	if s.Follows {
		follows = 1
	}
	_, err = tx.Exec(c.sql.PutFollow, s.User, s.Room, s.Root, follows, s.ReadSeq, s.Rev)
	return s, err
}

// PutThread is specified by chat.ThreadStore.
func (s followStore) PutThread(
	ctx context.Context, act *chat.Act, change chat.ThreadChange,
) (state chat.ThreadState, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		changed = false
		of := object{}
		if change.Follow != nil && *change.Follow {
			of.room = change.Room
		}
		if _, err := s.allow(tx, act, of); err != nil {
			return err
		}
		var author int64
		found, err := tx.Row(s.sql.ThreadOf, []any{change.Room, change.Root}, &author)
		if err == nil && !found {
			err = NoMessage()
		}
		if err != nil {
			return err
		}
		head, err := s.lockRoom(tx, change.Room)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(lockHead, change.User); err != nil {
			if s.dialect.IsForeignKey(err) {
				return NoUser()
			}
			return err
		}
		if state, err = follow(s.Core, tx, change.User, change.Room, change.Root); err != nil {
			return err
		}
		after := state
		if change.Follow != nil && *change.Follow != state.Follows {
			after.Follows = *change.Follow
			after.ReadSeq = max(state.ReadSeq, head.Seq)
		}
		if after.Follows {
			after.ReadSeq = max(after.ReadSeq, min(change.ReadSeq, head.Seq))
		}
		if changed = after != state; !changed {
			return nil
		}
		state, err = putFollow(s.Core, tx, after)
		return err
	})
	if err != nil {
		return chat.ThreadState{}, false, err
	}
	return state, changed, nil
}

// followBy makes those follow a thread whom a reply concerns: its author, the author of
// the root, and the people it mentions. It gives their new states.
func (s answerStore) followBy(tx Tx, reply chat.Message, peer chat.UserID) (states []chat.ThreadState, err error) {
	var root chat.UserID
	if _, err := tx.Row(s.sql.ThreadOf, []any{reply.Room, reply.Thread}, (*int64)(&root)); err != nil {
		return nil, err
	}
	users := []chat.UserID{reply.Author.ID, root}
	for _, mention := range reply.Mentions {
		users = append(users, mention.User)
	}
	slices.Sort(users)
	users = slices.Compact(users)
	locked := users
	if peer != 0 { // to whose list the reply may return the conversation
		locked = append(slices.Clone(users), peer)
	}
	if err := s.streams.LockHeads(tx, locked...); err != nil {
		return nil, err
	}
	for _, user := range users {
		before, err := follow(s.Core, tx, user, reply.Room, reply.Thread)
		if err != nil {
			return nil, err
		}
		after := before
		switch {
		case user == reply.Author.ID:
			after.Follows, after.ReadSeq = true, reply.Seq
		case user == root && before.Rev != 0 && !isMentioned(reply, user): // has decided before
			continue
		case !before.Follows:
			after.Follows, after.ReadSeq = true, reply.Seq-1
		}
		if after == before {
			continue
		}
		if after, err = putFollow(s.Core, tx, after); err != nil {
			return nil, err
		}
		states = append(states, after)
	}
	return states, nil
}

func isMentioned(m chat.Message, user chat.UserID) bool {
	return slices.ContainsFunc(m.Mentions, func(mention chat.Mention) bool { return mention.User == user })
}

// Thread is specified by chat.ThreadStore.
func (s followStore) Thread(
	ctx context.Context, user chat.UserID, room chat.RoomID, root int64,
) (state chat.ThreadState, unread int64, err error) {
	err = s.db.Read(ctx, func(q Queries) (err error) {
		if state, err = follow(s.Core, q, user, room, root); err != nil {
			return err
		}
		unread = 0
		if !state.Follows {
			return nil
		}
		_, err = q.Row(s.sql.UnreadInThread, []any{user, room, root}, &unread)
		return err
	})
	return state, unread, err
}

// Threads is specified by chat.ThreadStore.
func (s followStore) Threads(ctx context.Context, user chat.UserID, page chat.ThreadPage) ([]chat.FoundThread, error) {
	at := int64(math.MaxInt64)
	if page.After != (chat.ThreadPlace{}) {
		at = Millis(page.After.At)
	}
	args := []any{user, at, page.After.Room, page.After.Root, page.Limit}
	return all(ctx, s.Core, s.sql.Threads, args, func(r Scanner) (t chat.FoundThread, err error) {
		t.User = user
		var follows, latest int64
		var replies chat.Replies
		var message MessageRow
		dest := []any{(*int64)(&t.Room), &t.Root, &follows, &t.ReadSeq, &t.Rev, &t.Unread, &latest, &replies.Count, &replies.Seq}
		err = r.Scan(append(dest, message.Dest()...)...)
		t.Follows, t.At = follows != 0, FromMillis(latest)
		t.Message = message.Message(t.Room).Preview()
		if replies.Count > 0 {
			replies.At = t.At
			t.Message.Replies = &replies
		}
		return t, err
	})
}

// UnreadThreads is specified by chat.ThreadStore.
func (s followStore) UnreadThreads(ctx context.Context, user chat.UserID) (n int, err error) {
	_, err = s.row(ctx, s.sql.UnreadThreads, []any{user}, &n)
	return n, err
}

// threadPut is the event of a thread that has that subject, room/root, and that reason:
// whether the user follows it, and the read position.
func threadPut(user chat.UserID, c changedThing) chat.Event {
	room, root, _ := strings.Cut(c.Subject, "/")
	follows, read, _ := strings.Cut(c.Reason, " ")
	put := chat.ThreadPut{User: user, Rev: c.Rev, Follows: follows == "1"}
	id, _ := strconv.ParseInt(room, 10, 64) // as ChangedOfUser writes them
	put.Room = chat.RoomID(id)
	put.Root, _ = strconv.ParseInt(root, 10, 64)
	put.ReadSeq, _ = strconv.ParseInt(read, 10, 64)
	return put
}
