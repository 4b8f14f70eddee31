package sqlstore

import (
	"slices"

	"partychat/internal/chat"
)

// The bits of messages.extras. Each says that another table may have rows of the
// message. Pages read each of these tables once, and only for messages with its bit. A
// bit stays set when the rows have gone.
const (
	extraReactions int64 = 1 << iota
	extraAnswer          // the message answers another one, or is in a thread
	extraReplies         // there is a thread under the message
	extraFiles
	extraPin
)

// laterExtras are the bits that are set by later changes of a message only, so that its
// rev is not the one that it came with.
const laterExtras = extraReactions | extraReplies | extraPin

// Extras reads what is stored beside messages.
type Extras struct {
	// ReactionUsers is how many users are listed of each reaction.
	ReactionUsers int
	dialect       Dialect
	sql           reactionStatements
	replies       replyStatements
	files         fileStatements
	pins          pinStatements
}

// DefaultReactionUsers is Extras.ReactionUsers unless something else is asked for.
const DefaultReactionUsers = 10

// NewExtras makes Extras.
func NewExtras(dialect Dialect, reactionUsers int) Extras {
	return Extras{
		ReactionUsers: reactionUsers, dialect: dialect, sql: dialect.reactions(), replies: dialect.replies(), files: dialect.files(),
		pins: dialect.pins(),
	}
}

// Message reads one message of a room, the first argument of the query, with what is
// stored beside it. Found tells whether there is one.
func (x Extras) Message(q Queries, m *chat.Message, query string, room chat.RoomID, args ...any) (found bool, err error) {
	var row MessageRow
	if found, err = q.Row(query, append([]any{room}, args...), row.Dest()...); err != nil || !found {
		return false, err
	}
	var beside besides
	beside.note(&row)
	one := []chat.Message{row.Message(room)}
	err = x.read(q, room, beside, one)
	*m = one[0]
	return true, err
}

// besides has the seqs of the messages that have something stored beside them.
type besides struct{ reactions, answers, roots, files, pinned []int64 }

// note adds the message of a row.
func (b *besides) note(row *MessageRow) {
	if row.extras&extraReactions != 0 && !row.deleted {
		b.reactions = append(b.reactions, row.seq)
	}
	if row.extras&extraAnswer != 0 {
		b.answers = append(b.answers, row.seq)
	}
	if row.extras&extraReplies != 0 {
		b.roots = append(b.roots, row.seq)
	}
	if row.extras&extraFiles != 0 && !row.deleted {
		b.files = append(b.files, row.seq)
	}
	if row.extras&extraPin != 0 && !row.deleted {
		b.pinned = append(b.pinned, row.seq)
	}
}

func (b *besides) empty() bool {
	return len(b.reactions)+len(b.answers)+len(b.roots)+len(b.files)+len(b.pinned) == 0
}

// read adds to the messages of a room what is stored beside them.
func (x Extras) read(q Queries, room chat.RoomID, beside besides, messages []chat.Message) error {
	if beside.empty() {
		return nil
	}
	bySeq := make(map[int64]*chat.Message, len(messages))
	for i := range messages {
		bySeq[messages[i].Seq] = &messages[i]
	}
	for _, kind := range []struct {
		seqs []int64
		read func(q Queries, room chat.RoomID, seqs []int64, bySeq map[int64]*chat.Message) error
	}{
		{beside.reactions, x.readReactions},
		{beside.answers, x.readAnswers},
		{beside.roots, x.readReplies},
		{beside.files, x.readFiles},
		{beside.pinned, x.readPins},
	} {
		if len(kind.seqs) == 0 {
			continue
		}
		if err := kind.read(q, room, kind.seqs, bySeq); err != nil {
			return err
		}
	}
	return nil
}

// fitting returns the first messages that fit into a page, now that their size is
// known.
func fitting(messages []chat.Message, limit, bytes int) []chat.Message {
	space := chat.NewPageSpace(limit, bytes)
	for i, m := range messages {
		if !space.Take(m.Size()) {
			return slices.Clip(messages[:i])
		}
	}
	return messages
}
