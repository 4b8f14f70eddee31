package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// rules validates user input. Each check returns the input in its stored form, or
// an *Error whose sentence clients show at the field.
type rules struct {
	limits Limits
	fold   FoldName
	common CommonPassword
	// reserved reports whether nobody may choose a username.
	reserved ReservedName
}

func (r *rules) username(name string) (string, error) {
	const field = "username"
	if !utf8.ValidString(name) {
		return "", ErrorIn(field, CodeInvalid, "The username is not valid UTF-8.")
	}
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", ErrorIn(field, CodeInvalid, "Choose a username.")
	case n < r.limits.UsernameMin:
		return "", ErrorIn(field, CodeInvalid, "The username needs at least %d characters.", r.limits.UsernameMin)
	case n > r.limits.UsernameMax:
		return "", ErrorIn(field, CodeTooLarge, "The username may have at most %d characters.", r.limits.UsernameMax)
	}
	named := false   // whether the name has a letter or a digit
	carries := false // whether a combining mark may follow
	chars := []rune(name)
	for i, c := range chars {
		switch {
		case Invisible(c):
			if isNeeded(chars, i) {
				continue
			}
		case unicode.IsLetter(c), unicode.IsDigit(c):
			named, carries = true, true
			continue
		case unicode.IsMark(c) && carries && !isDotOnDot(chars, i):
			continue
		case strings.ContainsRune("_.-", c):
			carries = false
			continue
		}
		return "", ErrorIn(field, CodeInvalid, "The username may contain only letters, digits, “_”, “.” and “-”.")
	}
	if !named {
		return "", ErrorIn(field, CodeInvalid, "The username needs at least one letter or digit.")
	}
	if stacks(name) {
		return "", tooManyMarks(field, "username")
	}
	if r.reserved != nil && r.reserved(name) {
		return "", ErrorIn(field, CodeTaken, "This name is reserved. Try another one.")
	}
	return name, nil
}

// password checks a password that the named user chooses.
func (r *rules) password(username, password string) error {
	const field = "password"
	if !utf8.ValidString(password) {
		return ErrorIn(field, CodeInvalid, "The password is not valid UTF-8.")
	}
	switch n := utf8.RuneCountInString(password); {
	case n == 0:
		return ErrorIn(field, CodeInvalid, "Choose a password.")
	case n < r.limits.PasswordMin:
		return ErrorIn(field, CodeInvalid, "The password needs at least %d characters.", r.limits.PasswordMin)
	case n > r.limits.PasswordMax:
		return ErrorIn(field, CodeTooLarge, "The password may have at most %d characters.", r.limits.PasswordMax)
	case r.fold(password) == r.fold(username):
		return ErrorIn(field, CodeInvalid, "The password must not be your username.")
	case r.common(password):
		return ErrorIn(field, CodeInvalid, "This is one of the most common passwords. Choose another one.")
	}
	return nil
}

func (r *rules) roomName(name string) (string, error) {
	const field = "name"
	name = strings.TrimSpace(name)
	if err := shownLine(field, "name", name, r.limits.RoomName); err != nil {
		return "", err
	}
	if !visible(name) {
		return "", ErrorIn(field, CodeInvalid, "Give the room a name.")
	}
	return name, nil
}

func (r *rules) topic(topic string) (string, error) {
	topic = strings.TrimSpace(topic)
	if err := shownLine("topic", "topic", topic, r.limits.Topic); err != nil {
		return "", err
	}
	return topic, nil
}

// roomKind checks the kind of a room that a user creates.
func (r *rules) roomKind(kind RoomKind) (RoomKind, error) {
	switch kind {
	case "":
		return RoomPublic, nil
	case RoomPublic, RoomPrivate:
		return kind, nil
	default:
		return "", ErrorIn("kind", CodeInvalid, "A room is either public or private.")
	}
}

// clientID checks a UUID in its usual form (RFC 9562, section 4) and returns it in
// lower case, so that all its spellings are the same id.
func (r *rules) clientID(id string) (string, error) {
	if len(id) != len("00000000-0000-0000-0000-000000000000") {
		return "", badClientID()
	}
	for i := range len(id) {
		switch c := id[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return "", badClientID()
			}
		default:
			if !isHex(c) {
				return "", badClientID()
			}
		}
	}
	return strings.ToLower(id), nil
}

func badClientID() error {
	return ErrorIn("clientId", CodeInvalid, "The clientId must be a UUID.")
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// searchText checks the text that a user types into a search. It must be a single
// line; the other rules for names don't apply.
func (r *rules) searchText(field, text string, max int) (string, error) {
	text = strings.TrimSpace(text)
	if err := line(field, "search", text, max); err != nil {
		return "", err
	}
	return text, nil
}

// line checks a text of one line.
func line(field, noun, text string, max int) error {
	switch {
	case !utf8.ValidString(text):
		return ErrorIn(field, CodeInvalid, "The %s is not valid UTF-8.", noun)
	case utf8.RuneCountInString(text) > max:
		return ErrorIn(field, CodeTooLarge, "The %s may have at most %d characters.", noun, max)
	case strings.ContainsFunc(text, breaksLine):
		return ErrorIn(field, CodeInvalid, "The %s must be a single line without control characters.", noun)
	}
	return nil
}

// shownLine checks a single line that other people see: every character must be
// visible, reading direction must be unambiguous, and the text must stay within its
// line.
func shownLine(field, noun, text string, max int) error {
	if err := line(field, noun, text, max); err != nil {
		return err
	}
	if c, found := strayInvisible(text); found {
		return ErrorIn(field, CodeInvalid, "The %s contains an invisible character (%U). Remove it, or type the %s again.", noun, c, noun)
	}
	if stacks(text) {
		return tooManyMarks(field, noun)
	}
	return nil
}

func tooManyMarks(field, noun string) error {
	return ErrorIn(field, CodeInvalid, "The %s may have at most %d combining marks on one character.", noun, maxMarks)
}

func breaksLine(c rune) bool {
	return unicode.IsControl(c) || c == '\u2028' || c == '\u2029'
}

// visible reports whether any of the text can be seen.
func visible(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool {
		return unicode.IsGraphic(c) && !unicode.IsSpace(c) && !Invisible(c) && !isBlank(c)
	})
}
