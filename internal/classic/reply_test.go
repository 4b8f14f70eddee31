package classic

import (
	"testing"

	"partychat/internal/chat"
)

func TestPagesSeeAnswersAsTextWithAQuote(t *testing.T) {
	quote := func(body string) *chat.Quote {
		return &chat.Quote{Seq: 1, Author: chat.Author{Username: "ann"}, Kind: chat.MessageText, Body: body}
	}
	shortened, deleted := quote("long"), quote("")
	shortened.Shortened, deleted.Deleted = true, true
	for _, test := range []struct {
		name    string
		message chat.Message
		want    string
	}{
		{"a plain message", chat.Message{Body: "yes"}, "yes"},
		{"an answer", chat.Message{Body: "yes", ReplyTo: quote("tea?")}, "> ann: tea?\nyes"},
		{"an answer to several lines", chat.Message{Body: "yes", ReplyTo: quote("tea?\nor coffee?")}, "> ann: tea?…\nyes"},
		{"an answer to a long text", chat.Message{Body: "yes", ReplyTo: shortened}, "> ann: long…\nyes"},
		{"an answer to what was deleted", chat.Message{Body: "yes", ReplyTo: deleted}, "> ann: (deleted)\nyes"},
		{"a reply in a thread", chat.Message{Body: "yes", Thread: 1}, "↳ yes"},
	} {
		if got := textOf(test.message); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
