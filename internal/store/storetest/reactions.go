package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// ReactionUsers is how many users the stores that run the suite list of each reaction.
const ReactionUsers = 2

// reaction is a chat.Reaction with the users by whom it is, of whom the first are listed.
func reaction(emoji string, by ...chat.User) chat.Reaction {
	r := chat.Reaction{Emoji: emoji, Count: len(by)}
	for _, user := range by[:min(ReactionUsers, len(by))] {
		r.Users = append(r.Users, authorOf(user))
	}
	return r
}

// mine is the reaction as one of its users sees it.
func mine(r chat.Reaction) chat.Reaction {
	r.Mine = true
	return r
}

func react(t *testing.T, f *fixture, room chat.RoomID, seq int64, by chat.User, emoji string) chat.Message {
	t.Helper()
	message, changed, err := f.React(t.Context(), room, seq, by, emoji, true)
	if err != nil || !changed {
		t.Fatalf("React: changed %v, %v; want a reaction", changed, err)
	}
	return message
}

var reactionContracts = []contract{
	{"a reaction takes the next rev, and is everywhere where the message is", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		sent := f.sendMany(t, den, ann, 3)
		got := react(t, f, den, 2, ann, "👍")
		reacted := sent[1]
		reacted.Rev, reacted.Reactions = 4, []chat.Reaction{mine(reaction("👍", ann))}
		want(t, "message as its user sees it", got, reacted)
		reacted.Rev, reacted.Reactions = 6, []chat.Reaction{reaction("👍", ann, bob), reaction("❤️", bob)}
		react(t, f, den, 2, bob, "👍")
		react(t, f, den, 2, bob, "❤️")
		want(t, "message", must[chat.Message](t)(f.Message(t.Context(), den, 2)), reacted)
		want(t, "page", f.page(t, den, chat.MessagePage{Limit: 10}), chat.Page{Messages: []chat.Message{sent[0], reacted, sent[2]}, Seq: 3, Rev: 6})
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, 3, 10, 0))
		want(t, "changes", changes, chat.Changes{Messages: []chat.Message{reacted}, Rev: 6})
		want(t, "answer to a retry of the send", must[chat.Message](t)(f.MessageByClientID(t.Context(), den, ann.ID, reacted.ClientID)), reacted)
		again, created, err := f.AppendMessage(t.Context(), chat.NewMessage{
			Room: den, ClientID: reacted.ClientID, Author: ann.ID, Kind: chat.MessageText, Body: "once more", CreatedAt: now,
		})
		want(t, "error of the retry", err, nil)
		want(t, "created by the retry", created, false)
		want(t, "its message", again, reacted)
		edited, _, err := f.EditMessage(t.Context(), nil, den, 2, "better", now)
		want(t, "error of an edit", err, nil)
		want(t, "reactions after an edit", edited.Reactions, reacted.Reactions)
	}},
	{"a reaction that is retried, or taken back twice, changes nothing", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.send(t, den, ann, "hello")
		first := react(t, f, den, 1, ann, "👍")
		again, changed, err := f.React(t.Context(), den, 1, ann, "👍", true)
		want(t, "error", err, nil)
		want(t, "changed by the same reaction", changed, false)
		want(t, "message after it", again, first)
		react(t, f, den, 1, bob, "👍")
		back, changed, err := f.React(t.Context(), den, 1, ann, "👍", false)
		want(t, "error", err, nil)
		want(t, "changed by taking it back", changed, true)
		want(t, "what is left", back.Reactions, []chat.Reaction{reaction("👍", bob)})
		again, changed, err = f.React(t.Context(), den, 1, ann, "👍", false)
		want(t, "error", err, nil)
		want(t, "changed by taking it back twice", changed, false)
		want(t, "message after it", again, back)
		_, _, err = f.React(t.Context(), den, 1, bob, "👍", false)
		want(t, "error of the last one", err, nil)
		want(t, "reactions", must[chat.Message](t)(f.Message(t.Context(), den, 1)).Reactions, nil)
		want(t, "change counter", f.roomNow(t, den).Rev, 5)
	}},
	{"emoji are in the order in which they came, and users in that in which they reacted", func(t *testing.T, f *fixture) {
		users := []chat.User{f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid"), f.user(t, "dan")}
		ann, bob, cid, dan := users[0], users[1], users[2], users[3]
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.sendMany(t, den, ann, 2)
		for _, by := range users {
			react(t, f, den, 1, by, "🎉")
		}
		react(t, f, den, 2, dan, "👀")
		react(t, f, den, 1, bob, "👍")
		_, _, err := f.React(t.Context(), den, 1, ann, "🎉", false)
		want(t, "error", err, nil)
		react(t, f, den, 1, ann, "🎉") // is the last one now
		page := f.page(t, den, chat.MessagePage{Limit: 10}).Messages
		want(t, "first", page[0].Reactions, []chat.Reaction{reaction("🎉", bob, cid, dan, ann), reaction("👍", bob)})
		want(t, "second", page[1].Reactions, []chat.Reaction{reaction("👀", dan)})
		for user, wanted := range map[chat.UserID]map[int64][]string{
			ann.ID: {1: {"🎉"}}, dan.ID: {1: {"🎉"}, 2: {"👀"}}, 99: {},
		} {
			want(t, "of one user", must[map[int64][]string](t)(f.ReactionsBy(t.Context(), user, den, []int64{1, 2})), wanted)
		}
		want(t, "of one message", must[map[int64][]string](t)(f.ReactionsBy(t.Context(), dan.ID, den, []int64{2})), map[int64][]string{2: {"👀"}})
		got, changed, err := f.React(t.Context(), den, 1, dan, "🎉", true)
		want(t, "error", err, nil)
		want(t, "changed by one who is not listed", changed, false)
		want(t, "as that one sees it", got.Reactions[0], mine(reaction("🎉", bob, cid, dan, ann)))
	}},
	{"a message has no more different emoji than the change allows", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.send(t, den, ann, "hello")
		for _, emoji := range []string{"1️⃣", "2️⃣", "3️⃣"} {
			react(t, f, den, 1, ann, emoji)
		}
		_, _, err := f.React(t.Context(), den, 1, bob, "4️⃣", true)
		wantCode(t, "a fourth emoji", err, chat.CodeTooLarge, "emoji")
		want(t, "change counter", f.roomNow(t, den).Rev, 4)
		react(t, f, den, 1, bob, "3️⃣")
	}},
	{"a deletion removes the reactions, and nobody can react to a tombstone", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.sendMany(t, den, ann, 2)
		react(t, f, den, 1, ann, "👍")
		stone, _, err := f.DeleteMessage(t.Context(), nil, den, 1)
		want(t, "error", err, nil)
		want(t, "reactions", stone.Reactions, nil)
		want(t, "of the user", must[map[int64][]string](t)(f.ReactionsBy(t.Context(), ann.ID, den, []int64{1})), map[int64][]string{})
		_, _, err = f.React(t.Context(), den, 1, ann, "👍", true)
		wantCode(t, "reacting to a tombstone", err, chat.CodeNotFound, "")
		_, _, err = f.React(t.Context(), den, 3, ann, "👍", true)
		wantCode(t, "reacting to no message", err, chat.CodeNotFound, "")
		_, _, err = f.React(t.Context(), 99, 1, ann, "👍", true)
		wantCode(t, "reacting in no room", err, chat.CodeNotFound, "")
	}},
	{"a page ends before its reactions exceed its size", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		sent := f.sendMany(t, den, ann, 6)
		for seq := range int64(6) {
			react(t, f, den, seq+1, ann, "👍")
		}
		first := must[chat.Message](t)(f.Message(t.Context(), den, 1))
		page := f.page(t, den, chat.MessagePage{Limit: 6, Bytes: 3*first.Size() + sent[0].Size()})
		want(t, "seqs", seqs(page.Messages), []int64{4, 5, 6})
		want(t, "more", page.More, true)
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, 6, 10, 3*first.Size()+sent[0].Size()))
		want(t, "seqs of changes", seqs(changes.Messages), []int64{1, 2, 3})
		want(t, "more changes, from", []any{changes.More, changes.Rev}, []any{true, int64(9)})
	}},
	{"several reactions at once take consecutive revs, and those refused do not affect the others", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.sendMany(t, den, ann, 2)
		refusal := chat.Errorf(chat.CodeForbidden, "Not you.")
		var seen chat.Access
		item := func(seq int64, by chat.User, emoji string, on bool) chat.Reacting {
			act := &chat.Act{By: by.ID, May: func(a chat.Access) error {
				if a.Membership == nil {
					seen = a
					return refusal
				}
				return nil
			}}
			return chat.Reacting{Act: act, Seq: seq, Change: chat.ReactionChange{By: by.Author(), Emoji: emoji, On: on, At: now, Max: 2}}
		}
		got := must[[]chat.Reacted](t)(f.Store.React(t.Context(), den, []chat.Reacting{
			item(1, ann, "👍", true), item(1, bob, "👍", true), item(2, ann, "👍", true), item(1, ann, "👍", true),
			item(1, ann, "🎉", true), item(1, ann, "👀", true), item(1, ann, "👍", false), item(9, ann, "👍", true), item(1, ann, "👍", true),
		}))
		wantCode(t, "a third emoji", got[5].Err, chat.CodeTooLarge, "emoji")
		wantCode(t, "no message", got[7].Err, chat.CodeNotFound, "")
		got[5].Err, got[7].Err = nil, nil
		want(t, "results", got, []chat.Reacted{
			{Rev: 3, Count: 1, Changed: true},
			{Err: refusal},
			{Rev: 4, Count: 1, Changed: true},
			{Rev: 3, Count: 1},
			{Rev: 5, Count: 1, Changed: true},
			{},
			{Rev: 6, Changed: true},
			{},
			{Rev: 7, Count: 1, Changed: true},
		})
		want(t, "what the refusal was decided on", []any{seen.By.ID, seen.Room.ID, seen.Message.Seq}, []any{bob.ID, den, int64(1)})
		want(t, "first message", must[chat.Message](t)(f.Message(t.Context(), den, 1)).Reactions, []chat.Reaction{reaction("🎉", ann), reaction("👍", ann)})
		want(t, "revs", []int64{
			must[chat.Message](t)(f.Message(t.Context(), den, 1)).Rev, must[chat.Message](t)(f.Message(t.Context(), den, 2)).Rev, f.roomNow(t, den).Rev,
		}, []int64{7, 4, 7})
	}},
	{"concurrent reactions take a rev each and are counted exactly", func(t *testing.T, f *fixture) {
		const people = 8
		users := make([]chat.User, people)
		for i := range users {
			users[i] = f.user(t, fmt.Sprint("user", i))
		}
		den := f.room(t, users[0], chat.RoomPrivate, "den").ID
		f.send(t, den, users[0], "hello")
		var revs [4*people + 2]atomic.Int32
		together(people, func(i int) {
			for step := range 4 { // 👍, 🎉, and 👍 back and forth
				emoji := []string{"👍", "🎉", "👍", "👍"}[step]
				done, err := f.Store.React(t.Context(), den, []chat.Reacting{{Seq: 1, Change: chat.ReactionChange{
					By: users[i].Author(), Emoji: emoji, On: step != 2, At: now, Max: 2,
				}}})
				if err != nil || !done[0].Changed {
					t.Errorf("got %+v, %v; want a change", done, err)
					continue
				}
				revs[done[0].Rev].Add(1)
			}
		})
		for rev := 2; rev < len(revs); rev++ {
			if n := revs[rev].Load(); n != 1 {
				t.Errorf("rev %d: taken %d times, want once", rev, n)
			}
		}
		message := must[chat.Message](t)(f.Message(t.Context(), den, 1))
		counts := map[string]int{}
		for _, r := range message.Reactions {
			counts[r.Emoji] = r.Count
		}
		want(t, "counts", counts, map[string]int{"👍": people, "🎉": people})
		want(t, "rev", []int64{message.Rev, f.roomNow(t, den).Rev}, []int64{4*people + 1, 4*people + 1})
	}},
}

// react adds or removes a reaction.
func (m *model) react(t *rapid.T) {
	room, seq, user := m.anyRoom(t), anySeq(t), m.anyUser(t)
	emoji := rapid.SampledFrom([]string{"👍", "🎉", "❤️", "👀"}).Draw(t, "emoji")
	on := rapid.Bool().Draw(t, "on")
	got, changed, err := shorter{m.store}.React(m.t.Context(), room.room.ID, seq, user, emoji, on)
	message := room.message(seq)
	if message == nil || message.Deleted {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	by := room.reacted[seq]
	i := slices.IndexFunc(by, func(r modelReaction) bool { return r.emoji == emoji })
	if i < 0 && on && len(by) == 3 {
		equal(t, "code", chat.CodeOf(err), chat.CodeTooLarge)
		return
	}
	noError(t, err)
	there := i >= 0 && slices.Contains(by[i].users, user)
	if equal(t, "changed", changed, there != on); changed {
		switch {
		case !on:
			by[i].users = slices.DeleteFunc(by[i].users, func(u chat.User) bool { return u == user })
		case i >= 0:
			by[i].users = append(by[i].users, user)
		default:
			by = append(by, modelReaction{emoji, []chat.User{user}})
		}
		by = slices.DeleteFunc(by, func(r modelReaction) bool { return len(r.users) == 0 })
		room.reacted[seq] = by
		room.room.Rev++
		message.Rev, message.Reactions = room.room.Rev, nil
		for _, r := range by {
			message.Reactions = append(message.Reactions, reaction(r.emoji, r.users...))
		}
	}
	own, err := m.store.ReactionsBy(m.t.Context(), user.ID, room.room.ID, []int64{seq})
	noError(t, err)
	var wanted []string
	seen := *message
	seen.Reactions = nil
	for n, r := range by {
		shown := message.Reactions[n]
		if shown.Mine = slices.Contains(r.users, user); shown.Mine {
			wanted = append(wanted, r.emoji)
		}
		seen.Reactions = append(seen.Reactions, shown)
	}
	equal(t, "message as its user sees it", got, seen)
	slices.SortFunc(wanted, cmp.Compare[string])
	slices.SortFunc(own[seq], cmp.Compare[string])
	equal(t, "reactions of the user", own[seq], wanted)
}

// modelReaction is who has reacted with an emoji, in order.
type modelReaction struct {
	emoji string
	users []chat.User
}
