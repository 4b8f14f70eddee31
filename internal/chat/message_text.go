package chat

import (
	"strings"
	"time"
	"unicode/utf8"
)

var textKind = kind{body: textBody, editable: true, deletable: true, counted: true, searched: true, mentions: true}

func textBody(r *rules, input SendInput, _ time.Time) (string, error) {
	if input.Location != nil {
		return "", ErrorIn("location", CodeInvalid, "Only a message of kind “location” can have a location.")
	}
	return r.body(input.Body)
}

// body checks a message's text and returns it without surrounding space.
func (r *rules) body(body string) (string, error) {
	const field = "body"
	if !utf8.ValidString(body) {
		return "", ErrorIn(field, CodeInvalid, "The message is not valid UTF-8.")
	}
	body = strings.TrimSpace(body)
	switch {
	case strings.ContainsRune(body, 0):
		return "", ErrorIn(field, CodeInvalid, "The message contains a character that cannot be stored.")
	case !visible(body):
		return "", errEmptyBody()
	case utf8.RuneCountInString(body) > r.limits.Message:
		return "", ErrorIn(field, CodeTooLarge, "The message may have at most %d characters.", r.limits.Message)
	}
	return body, nil
}

func errEmptyBody() error { return ErrorIn("body", CodeInvalid, "Write something first.") }
