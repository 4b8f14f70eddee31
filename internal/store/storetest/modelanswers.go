package storetest

import (
	"slices"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// answer sends a message that answers others, which may be refused.
func (m *model) answer(t *rapid.T) {
	user, room := m.anyUser(t), m.anyRoom(t)
	input := newMessage(room.room.ID, user, "an answer")
	if rapid.Bool().Draw(t, "quotes") {
		input.ReplyTo = rapid.Int64Range(1, 12).Draw(t, "replyTo")
	}
	if rapid.Bool().Draw(t, "in a thread") || input.ReplyTo == 0 {
		input.Thread = rapid.Int64Range(1, 12).Draw(t, "thread")
		input.InRoom = rapid.Bool().Draw(t, "inRoom")
	}
	input.Act = &chat.Act{By: user.ID}
	got, created, err := shorter{m.store}.AppendMessage(m.t.Context(), input)
	if refusal := input.MayAnswer(room.message(input.ReplyTo), room.message(input.Thread)); refusal != nil {
		equal(t, "code", chat.CodeOf(err), chat.CodeOf(refusal))
		return
	}
	noError(t, err)
	room.room.Seq++
	room.room.Rev++
	equal(t, "created", created, true)
	message := chat.Message{
		Room: room.room.ID, Seq: room.room.Seq, Rev: room.room.Rev, ClientID: input.ClientID, Author: authorOf(user),
		Kind: input.Kind, Body: input.Body, CreatedAt: input.CreatedAt, Thread: input.Thread, InRoom: input.InRoom,
	}
	if input.ReplyTo != 0 {
		message.ReplyTo = &chat.Quote{Seq: input.ReplyTo}
	}
	room.messages = append(room.messages, message)
	room.touchRoot(message)
	equal(t, "message", got, *room.message(message.Seq))
	if root := room.message(message.Thread); root != nil {
		equal(t, "root", *input.Act.Touches, *root)
	}
	if message.Thread != 0 {
		equal(t, "who follows the thread", input.Act.Follows, followBy(m, room, message))
	}
	m.sent = append(m.sent, sentMessage{input, got})
	if membership, ok := room.members[user.ID]; ok && !message.InThreadOnly() {
		membership.ReadSeq = got.Seq
		room.members[user.ID] = membership
	}
}

// touchRoot gives the root of the message's thread the next rev.
func (r *modelRoom) touchRoot(m chat.Message) {
	if root := r.message(m.Thread); root != nil {
		r.room.Rev++
		root.Rev = r.room.Rev
	}
	r.derive()
}

// derive sets what messages show of others.
func (r *modelRoom) derive() {
	for i := range r.messages {
		m := &r.messages[i]
		if m.ReplyTo != nil {
			quote := chat.QuoteOf(*r.message(m.ReplyTo.Seq))
			m.ReplyTo = &quote
		}
		m.Replies = r.replies(m.Seq)
	}
}

// replies summarizes the thread of a root.
func (r *modelRoom) replies(root int64) *chat.Replies {
	var replies *chat.Replies
	for _, m := range slices.Backward(r.messages) {
		if m.Thread != root || m.Deleted {
			continue
		}
		if replies == nil {
			replies = &chat.Replies{Seq: m.Seq, At: m.CreatedAt}
		}
		replies.Count++
		if len(replies.Authors) < chat.ReplyAuthors && !slices.Contains(replies.Authors, m.Author) {
			replies.Authors = append(replies.Authors, m.Author)
		}
	}
	return replies
}

func anyPart(t *rapid.T) chat.TimelinePart {
	switch rapid.IntRange(0, 2).Draw(t, "part") {
	case 1:
		return chat.TimelinePart{WithoutOnly: true}
	case 2:
		return chat.TimelinePart{Thread: rapid.Int64Range(1, 12).Draw(t, "thread")}
	}
	return chat.TimelinePart{}
}

// partOf returns the messages that are in a part of the timeline.
func partOf(messages []chat.Message, part chat.TimelinePart) []chat.Message {
	return slices.DeleteFunc(slices.Clone(messages), func(m chat.Message) bool {
		return part.Thread != 0 && m.Thread != part.Thread || part.WithoutOnly && m.InThreadOnly()
	})
}
