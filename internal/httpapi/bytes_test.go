package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestPagesAreLimitedInBytes(t *testing.T) {
	const messages = 40
	s := newServer(t)
	anna := s.member(t, "anna")
	dearest := "x" + strings.Repeat("\x01", 7_998) + "x"
	path := fmt.Sprintf("/rooms/%d/messages", chat.MainRoom)
	for range messages {
		want[wire.MessageAnswer](anna, http.MethodPost, path, wire.NewMessage{ClientID: uuid.NewString(), Body: dearest}, http.StatusCreated)
	}
	read := 0
	for query := "?limit=200"; query != ""; {
		a := anna.call(http.MethodGet, path+query, nil)
		if bound := s.chat.Limits().PageBytes + 1000; len(a.body) > bound {
			t.Fatalf("a page has %d bytes, want at most %d", len(a.body), bound)
		}
		var page chat.Page
		if err := json.Unmarshal(a.body, &page); err != nil {
			t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		read += len(page.Messages)
		if query = ""; page.More {
			query = fmt.Sprintf("?limit=200&before=%d", page.Messages[0].Seq)
		}
	}
	if read != messages {
		t.Errorf("read %d messages by following more, want %d", read, messages)
	}
}

func TestListOfRoomsIsPaged(t *testing.T) {
	const rooms = 20
	s := newServer(t, func(s *setup) { s.rules = chat.Limits{PageBytes: 4_000} })
	anna := s.member(t, "anna")
	for i := range rooms {
		want[wire.SubscriptionAnswer](anna, http.MethodPost, "/rooms", wire.NewRoom{Name: fmt.Sprint("room ", i)}, http.StatusCreated)
	}
	seen := map[chat.RoomID]bool{}
	pages := 0
	for after := ""; ; pages++ {
		page := want[wire.SubscriptionList](anna, http.MethodGet, "/subscriptions?after="+url.QueryEscape(after), nil, http.StatusOK)
		for _, sub := range page.Subscriptions {
			seen[sub.ID] = true
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if len(seen) != rooms+1 || pages == 0 {
		t.Errorf("found %d rooms on %d pages, want %d on several", len(seen), pages+1, rooms+1)
	}
	wantError(t, anna.call(http.MethodGet, "/subscriptions?after=nowhere", nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "after")
	found := want[wire.RoomList](anna, http.MethodGet, "/rooms?limit=200", nil, http.StatusOK)
	if len(found.Rooms) >= rooms || found.Next == "" {
		t.Errorf("found %d rooms at once, want as many as fit in any case, and next", len(found.Rooms))
	}
}
