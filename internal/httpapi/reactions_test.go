package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestReactionsAreAddedAndRemovedByREST(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	anna.say(room, "roses?")
	path := func(emoji string) string {
		return fmt.Sprintf("/rooms/%d/messages/1/reactions/%s", room, url.PathEscape(emoji))
	}
	for range 2 { // the second time changes nothing
		m := want[wire.MessageAnswer](anna, http.MethodPut, path("👩🏽\u200d🌾"), nil, http.StatusOK).Message
		if len(m.Reactions) != 1 || m.Reactions[0].Emoji != "👩🏽\u200d🌾" || m.Reactions[0].Count != 1 || !m.Reactions[0].Mine {
			t.Errorf("reactions: got %+v, want one of mine", m.Reactions)
		}
	}
	page := want[wire.Page](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/messages", room), nil, http.StatusOK)
	if len(page.Messages[0].Reactions) != 1 {
		t.Errorf("page: got %+v, want the reaction", page.Messages[0])
	}
	for range 2 {
		m := want[wire.MessageAnswer](anna, http.MethodDelete, path("👩🏽\u200d🌾"), nil, http.StatusOK).Message
		if m.Reactions != nil {
			t.Errorf("reactions: got %+v, want none", m.Reactions)
		}
	}
	wantError(t, anna.call(http.MethodPut, path("rose"), nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "emoji")
	wantError(t, bert.call(http.MethodPut, path("👍"), nil), http.StatusForbidden, chat.CodeForbidden, "")
}
