package httpapi

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"partychat/internal/wire"
)

func TestH2_H3_RepliesAndThreadsOverREST(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	send := func(m wire.NewMessage) wire.Message {
		m.ClientID = uuid.NewString()
		return want[wire.MessageAnswer](anna, http.MethodPost, "/rooms/1/messages", m, http.StatusCreated).Message
	}
	root := send(wire.NewMessage{Body: "root"})
	answer := send(wire.NewMessage{Body: "answer", ReplyTo: root.Seq})
	if answer.ReplyTo == nil || answer.ReplyTo.Seq != root.Seq || answer.ReplyTo.Body != "root" {
		t.Errorf("got the quote %+v, want one of the root", answer.ReplyTo)
	}
	only := send(wire.NewMessage{Body: "only here", Thread: root.Seq})
	both := send(wire.NewMessage{Body: "here and there", Thread: root.Seq, InRoom: true})
	for query, seqsWanted := range map[string][]int64{
		"":                                {root.Seq, answer.Seq, only.Seq, both.Seq},
		"?timeline=all":                   {root.Seq, answer.Seq, only.Seq, both.Seq},
		"?timeline=room":                  {root.Seq, answer.Seq, both.Seq},
		"?thread=1":                       {only.Seq, both.Seq},
		"?thread=1&before=4":              {only.Seq},
		"?thread=1&after=3":               {both.Seq},
		"?timeline=room&before=4&limit=1": {answer.Seq},
	} {
		page := want[wire.Page](anna, http.MethodGet, "/rooms/1/messages"+query, nil, http.StatusOK)
		if diff := cmp.Diff(seqsWanted, seqs(page)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
	got := want[wire.MessageAnswer](anna, http.MethodGet, "/rooms/1/messages/1", nil, http.StatusOK).Message
	if got.Replies == nil || got.Replies.Count != 2 || got.Replies.Seq != both.Seq || len(got.Replies.Authors) != 1 {
		t.Errorf("got the replies %+v, want two, the latest %d", got.Replies, both.Seq)
	}
	for path, status := range map[string]int{
		"/rooms/1/messages/99":             http.StatusNotFound,
		"/rooms/99/messages/1":             http.StatusNotFound,
		"/rooms/1/messages?thread=-1":      http.StatusUnprocessableEntity,
		"/rooms/1/messages?timeline=other": http.StatusUnprocessableEntity,
	} {
		if a := anna.call(http.MethodGet, path, nil); a.status != status {
			t.Errorf("%s: got %d, want %d", path, a.status, status)
		}
	}
}
