package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// find returns the texts found, newest first, and the hints.
func (c *client) find(q, more string) (texts, hints []string) {
	c.t.Helper()
	found := want[wire.MessageHits](c, http.MethodGet, "/search?q="+url.QueryEscape(q)+more, nil, http.StatusOK)
	for _, hit := range found.Hits {
		texts = append(texts, hit.Snippet.Text)
	}
	return texts, found.Hints
}

func wantTexts(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestK1_MessagesAreFoundByWordsPhrasesAndOperators(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "Bert.Ernst")
	trip := anna.room("weekend-trip", chat.RoomPrivate).ID
	anna.say(trip, "The train leaves at 8:40")
	anna.say(trip, "good morning, see https://example.org/trains")
	bert.say(chat.MainRoom, "morning, good people of the train")
	talk := want[wire.SubscriptionAnswer](anna, http.MethodPut, fmt.Sprintf("/conversations/%d", bert.me.ID), nil, http.StatusCreated).Subscription.ID
	bert.say(talk, "a train just for two")

	for q, texts := range map[string][]string{
		"train ":              {"The train leaves at 8:40", "morning, good people of the train", "a train just for two"},
		`"good morning"`:      {"good morning, see https://example.org/trains"},
		"good mor":            {"good morning, see https://example.org/trains", "morning, good people of the train"},
		"train from:me ":      {"The train leaves at 8:40"},
		"from:ernst":          {"morning, good people of the train", "a train just for two"},
		`from:"Bert.Ernst"`:   {"morning, good people of the train", "a train just for two"},
		"train in:weekend ":   {"The train leaves at 8:40"},
		"train in:#main ":     {"morning, good people of the train"},
		"train in:@bert ":     {"a train just for two"},
		"has:link":            {"good morning, see https://example.org/trains"},
		"train before:2001":   nil,
		"train on:2001 after": nil,
		"":                    nil,
		"?!":                  nil,
	} {
		got, hints := anna.find(q, "")
		wantTexts(t, q, got, texts...)
		if len(hints) > 0 {
			t.Errorf("%q: got hints %q, want none", q, hints)
		}
	}
	for q, hint := range map[string]string{
		"8:40 from:nobody": "Nobody is called nobody", "8:40 in:nowhere": "no room called nowhere", "8:40 has:tea": "has: knows", "8:40 before:soon": "behind before:",
	} {
		got, hints := anna.find(q, "")
		wantTexts(t, q, got, "The train leaves at 8:40")
		if len(hints) != 1 || !strings.Contains(hints[0], hint) {
			t.Errorf("%q: got hints %q, want %q", q, hints, hint)
		}
	}
	wantError(t, anna.call(http.MethodGet, "/search?q="+strings.Repeat("x", 501), nil), http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "q")
	wantError(t, anna.call(http.MethodGet, "/search?q=x&after=nowhere", nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "after")
	wantError(t, s.client(t).call(http.MethodGet, "/search?q=x", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
}

func TestK3_ASearchFindsOnlyWhatTheReaderMayReadNow(t *testing.T) {
	s := newServer(t)
	s.member(t, "admin")
	anna, eve := s.member(t, "anna"), s.member(t, "eve")
	secret := anna.room("Secret plans", chat.RoomPrivate).ID
	open := anna.room("Open plans", chat.RoomPublic).ID
	anna.say(secret, "secret rendezvous")
	anna.say(open, "open rendezvous")

	got, _ := eve.find("rendezvous", "")
	wantTexts(t, "an outsider", got)
	got, hints := eve.find("rendezvous in:secret", "")
	wantTexts(t, "in a room that cannot be seen", got)
	if len(hints) != 1 {
		t.Errorf("hints: got %q, want one about the room", hints)
	}
	private := eve.call(http.MethodGet, fmt.Sprintf("/search?q=rendezvous&room=%d", secret), nil)
	wantError(t, private, http.StatusNotFound, chat.CodeNotFound, "room")
	got, _ = eve.find("rendezvous", fmt.Sprintf("&room=%d", open))
	wantTexts(t, "in a public room", got, "open rendezvous")
	got, _ = eve.find(`rendezvous in:"open plans"`, "")
	wantTexts(t, "in a public room by its name", got, "open rendezvous")

	want[wire.SubscriptionAnswer](eve, http.MethodPut, fmt.Sprintf("/subscriptions/%d", open), nil, http.StatusCreated)
	got, _ = eve.find("rendezvous", "")
	wantTexts(t, "a member", got, "open rendezvous")
	eve.call(http.MethodDelete, fmt.Sprintf("/subscriptions/%d", open), nil)
	got, _ = eve.find("rendezvous", "")
	wantTexts(t, "a former member", got)
	anna.call(http.MethodPut, fmt.Sprintf("/rooms/%d/bans/%d", open, eve.me.ID), nil)
	banned := eve.call(http.MethodGet, fmt.Sprintf("/search?q=rendezvous&room=%d", open), nil)
	wantError(t, banned, http.StatusForbidden, chat.CodeForbidden, "")
	got, _ = eve.find("rendezvous in:open", "")
	wantTexts(t, "somebody who is banned", got)
}

func TestSearchesContinuePageByPage(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	for i := range 25 {
		anna.say(chat.MainRoom, fmt.Sprint("item ", i))
	}
	var seqs []int64
	after := ""
	for range 10 {
		page := want[wire.MessageHits](anna, http.MethodGet, "/search?q=item&limit=10&after="+url.QueryEscape(after), nil, http.StatusOK)
		for _, hit := range page.Hits {
			seqs = append(seqs, hit.Seq)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	expected := span(1, 25)
	slices.Reverse(expected)
	if diff := cmp.Diff(expected, seqs); diff != "" {
		t.Errorf("seqs (-want +got):\n%s", diff)
	}
}
