package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestMessagesArePinnedAndListedByREST(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	anna.say(room, "roses?")
	pins := fmt.Sprintf("/rooms/%d/pins", room)
	path := fmt.Sprintf("/rooms/%d/messages/1/pin", room)
	for range 2 { // the second time changes nothing
		m := want[wire.MessageAnswer](anna, http.MethodPut, path, nil, http.StatusOK).Message
		if m.Pinned == nil || m.Pinned.By.Username != "anna" {
			t.Errorf("pin: got %+v, want anna's", m.Pinned)
		}
	}
	if list := want[wire.PinList](bert, http.MethodGet, pins, nil, http.StatusOK).Messages; len(list) != 1 || list[0].Body != "roses?" {
		t.Errorf("list: got %+v, want the message", list)
	}
	wantError(t, bert.call(http.MethodDelete, path, nil), http.StatusForbidden, chat.CodeForbidden, "")
	if m := want[wire.MessageAnswer](anna, http.MethodDelete, path, nil, http.StatusOK).Message; m.Pinned != nil {
		t.Errorf("pin after taking it back: got %+v, want none", m.Pinned)
	}
	if list := want[wire.PinList](anna, http.MethodGet, pins, nil, http.StatusOK).Messages; len(list) != 0 {
		t.Errorf("list: got %+v, want none", list)
	}
	hidden := anna.room("Shed", chat.RoomPrivate).ID
	wantError(t, bert.call(http.MethodGet, fmt.Sprintf("/rooms/%d/pins", hidden), nil), http.StatusNotFound, chat.CodeNotFound, "")
}

func TestBookmarksAreListedAsFarAsTheirUserMaySeeThem(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	anna.say(room, "roses?")
	path := fmt.Sprintf("/rooms/%d/messages/1/bookmark", room)
	for range 2 {
		want[struct{}](bert, http.MethodPut, path, nil, http.StatusNoContent)
	}
	if seqs := want[wire.BookmarkSeqs](bert, http.MethodGet, fmt.Sprintf("/rooms/%d/bookmarks", room), nil, http.StatusOK).Seqs; !cmp.Equal(seqs, []int64{1}) {
		t.Errorf("in the room: got %v, want 1", seqs)
	}
	list := want[wire.BookmarkList](bert, http.MethodGet, "/bookmarks", nil, http.StatusOK).Bookmarks
	if len(list) != 1 || list[0].Message == nil || list[0].Message.Body != "roses?" || list[0].In.Name != "Gardening" {
		t.Errorf("list: got %+v, want the message in its room", list)
	}
	if list := want[wire.BookmarkList](anna, http.MethodGet, "/bookmarks", nil, http.StatusOK).Bookmarks; len(list) != 0 {
		t.Errorf("list of another user: got %+v, want none", list)
	}
	want[wire.BanAnswer](anna, http.MethodPut, bannedFrom(room, bert.me), nil, http.StatusCreated)
	list = want[wire.BookmarkList](bert, http.MethodGet, "/bookmarks", nil, http.StatusOK).Bookmarks
	if len(list) != 1 || list[0].Seq != 1 || list[0].Message != nil || list[0].In != nil {
		t.Errorf("list after a ban: got %+v, want neither room nor text", list)
	}
	wantError(t, bert.call(http.MethodPut, fmt.Sprintf("/rooms/%d/messages/1/bookmark", room), nil), http.StatusForbidden, chat.CodeForbidden, "")
	want[struct{}](bert, http.MethodDelete, path, nil, http.StatusNoContent)
	if list := want[wire.BookmarkList](bert, http.MethodGet, "/bookmarks", nil, http.StatusOK).Bookmarks; len(list) != 0 {
		t.Errorf("list after removing it: got %+v, want none", list)
	}
	wantError(t, bert.call(http.MethodGet, "/bookmarks?before=-1", nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "before")
}
