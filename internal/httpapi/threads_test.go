package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestThreadsAreFollowedAndListedByREST(t *testing.T) {
	s := newServer(t)
	anna, bert, cara := s.member(t, "anna"), s.member(t, "bert"), s.member(t, "cara")
	room := anna.room("Gardening", "").ID
	bert.joins(room)
	root := anna.say(room, "roses?").Seq
	reply := wire.NewMessage{ClientID: uuid.NewString(), Body: "tulips", Thread: root}
	want[wire.MessageAnswer](bert, http.MethodPost, fmt.Sprintf("/rooms/%d/messages", room), reply, http.StatusCreated)

	list := want[wire.ThreadList](anna, http.MethodGet, "/threads", nil, http.StatusOK)
	if list.Unread != 1 || len(list.Threads) != 1 || list.Threads[0].Unread != 1 || list.Threads[0].Message.Body != "roses?" {
		t.Errorf("list: got %+v, want the thread with one unread message", list)
	}
	path := fmt.Sprintf("/threads/%d/%d", room, root)
	for range 2 {
		want[struct{}](anna, http.MethodDelete, path, nil, http.StatusNoContent)
	}
	if got := want[wire.ThreadAnswer](anna, http.MethodGet, path, nil, http.StatusOK); got.Follows || got.Unread != 0 {
		t.Errorf("after stopping: got %+v, want it not followed", got)
	}
	want[struct{}](anna, http.MethodPut, path, nil, http.StatusNoContent)
	if got := want[wire.ThreadAnswer](anna, http.MethodGet, path, nil, http.StatusOK); !got.Follows || got.Unread != 0 {
		t.Errorf("after following: got %+v, want it followed and read", got)
	}
	wantError(t, cara.call(http.MethodPut, path, nil), http.StatusForbidden, chat.CodeForbidden, "")
	wantError(t, anna.call(http.MethodPut, fmt.Sprintf("/threads/%d/99", room), nil), http.StatusNotFound, chat.CodeNotFound, "")
	wantError(t, anna.call(http.MethodGet, "/threads?after=x", nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "after")
	hidden := anna.room("Shed", chat.RoomPrivate).ID
	anna.say(hidden, "psst")
	wantError(t, bert.call(http.MethodGet, fmt.Sprintf("/threads/%d/1", hidden), nil), http.StatusNotFound, chat.CodeNotFound, "")
}
