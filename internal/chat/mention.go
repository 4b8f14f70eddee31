package chat

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mention is a person who is named in a message's text, as “@name”. It keeps the
// user, so that a renamed person stays mentioned.
type Mention struct {
	User UserID
	Text string // as written, with the “@”
}

// MentionsMax is how many seqs Subscription.Mentions has at most.
const MentionsMax = 100

// everyone is the name, folded, by which admins mention all members of a room.
const everyone = "room"

// MentionStore reads what mentions need.
type MentionStore interface {
	// MembersNamed returns the members of a room that have one of the folded names, in
	// any order.
	MembersNamed(ctx context.Context, room RoomID, folded []string) ([]User, error)
}

// mentions is whom a text mentions.
type mentions struct {
	users []Mention
	room  bool
}

// mentionsIn resolves the names after an @ in a text, among the members of the room.
// Names that nobody in the room has are plain text, as is @room of a user who may not
// mention everyone.
func (m *Messages) mentionsIn(ctx context.Context, by User, room RoomID, body string) (found mentions, err error) {
	names := m.rules.namesIn(body)
	if len(names) == 0 {
		return mentions{}, nil
	}
	var folded []string
	for _, name := range names {
		for _, spelling := range name.spellings() {
			folded = append(folded, m.fold(spelling))
		}
	}
	if slices.Contains(folded, everyone) {
		if found.room, err = m.mayMentionEveryone(ctx, by, room); err != nil {
			return mentions{}, err
		}
	}
	members, err := m.store.MembersNamed(ctx, room, folded)
	if err != nil {
		return mentions{}, err
	}
	byName := make(map[string]UserID, len(members))
	for _, member := range members {
		byName[m.fold(member.Username)] = member.ID
	}
	for _, name := range names {
		for _, spelling := range name.spellings() {
			folded := m.fold(spelling)
			if found.room && folded == everyone {
				break
			}
			if user, known := byName[folded]; known {
				found.users = append(found.users, Mention{User: user, Text: "@" + spelling})
				break
			}
		}
	}
	return found, nil
}

func (m *Messages) mayMentionEveryone(ctx context.Context, by User, id RoomID) (bool, error) {
	room, err := m.store.RoomByID(ctx, id)
	if CodeOf(err) == CodeNotFound {
		return false, nil // the message is refused
	}
	if err != nil {
		return false, err
	}
	membership, err := m.store.Membership(ctx, id, by.ID)
	if CodeOf(err) == CodeNotFound {
		return false, nil
	}
	return err == nil && mayMentionRoom(by, room, &membership), err
}

// atName is what follows an @: as many characters as a name may consist of.
type atName string

// spellings are the names that may be meant, the longest first: a name may end with a
// full stop, as may a sentence.
func (n atName) spellings() []string {
	all := []string{string(n)}
	for name := string(n); len(name) > 1 && strings.ContainsRune("._-", rune(name[len(name)-1])); {
		name = name[:len(name)-1]
		all = append(all, name)
	}
	return all
}

// namesIn returns what follows each @ in the text, outside of code, each once, at
// most Limits.Mentions of them. Linear time.
func (r *rules) namesIn(text string) (names []atName) {
	if !strings.Contains(text, "@") {
		return nil
	}
	known := make(map[atName]bool)
	code := codeIn(text)
	for at := 0; len(names) < r.limits.Mentions; {
		next := strings.IndexByte(text[at:], '@')
		if next < 0 {
			return names
		}
		start := at + next
		for len(code) > 0 && code[0].end <= start {
			code = code[1:]
		}
		if len(code) > 0 && code[0].start <= start {
			at = code[0].end
			continue
		}
		length := nameLength(text[start+1:])
		name := atName(text[start+1 : start+1+length])
		at = start + 1 + length
		if name != "" && beginsMention(text[:start]) && !known[name] && r.mayBeName(name) {
			known[name] = true
			names = append(names, name)
		}
	}
	return names
}

// mayBeName reports whether a name can be as long, with some full stops behind it.
func (r *rules) mayBeName(name atName) bool {
	const stops = 3
	return utf8.RuneCountInString(string(name)) <= r.limits.UsernameMax+stops
}

// nameLength returns how many bytes at the beginning of the text a name may consist
// of.
func nameLength(text string) int {
	for i, c := range text {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) && !strings.ContainsRune("_.-", c) && !Invisible(c) {
			return i
		}
	}
	return len(text)
}

// beginsMention reports whether an @ after this text may begin a mention. In mail
// addresses and web addresses it does not.
func beginsMention(before string) bool {
	if before == "" {
		return true
	}
	c := before[len(before)-1]
	isWord := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	return !isWord && !strings.ContainsRune("@_.-+/=&%#", rune(c))
}

// codeSpan is a part of a text enclosed in backticks, by their offsets.
type codeSpan struct{ start, end int }

// codeIn returns the code in a text. One or two backticks end with the same number,
// and are text without an end. Three or more begin a block, which ends with the next
// three or more, or with the text. Linear time.
func codeIn(text string) (code []codeSpan) {
	var runs []codeSpan
	for at := 0; at < len(text); at++ {
		if text[at] != '`' {
			continue
		}
		start := at
		for at < len(text) && text[at] == '`' {
			at++
		}
		runs = append(runs, codeSpan{start, at})
	}
	const kinds = 3
	kind := func(run codeSpan) int { return min(run.end-run.start, kinds) }
	closing, next := make([]int, len(runs)), [kinds + 1]int{-1, -1, -1, -1}
	for i := len(runs) - 1; i >= 0; i-- {
		closing[i] = next[kind(runs[i])]
		next[kind(runs[i])] = i
	}
	for i := 0; i < len(runs); i++ {
		switch end := closing[i]; {
		case end >= 0:
			code = append(code, codeSpan{runs[i].start, runs[end].end})
			i = end
		case kind(runs[i]) == kinds:
			return append(code, codeSpan{runs[i].start, len(text)})
		}
	}
	return code
}

// kept returns the mentions of an edited text: those found and, of names that nobody
// in the room has now, those that the message had before.
func (m mentions) kept(names []atName, before []Mention) []Mention {
	all := slices.Clone(m.users)
	for _, old := range before {
		isNamed := slices.ContainsFunc(names, func(name atName) bool {
			return slices.Contains(name.spellings(), strings.TrimPrefix(old.Text, "@"))
		})
		isKnown := slices.ContainsFunc(all, func(mention Mention) bool { return mention.Text == old.Text })
		if isNamed && !isKnown {
			all = append(all, old)
		}
	}
	return all
}
