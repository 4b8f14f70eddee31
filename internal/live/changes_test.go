package live

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

func TestChangesOfARoomBecomeEventsWithTheirOwnRevs(t *testing.T) {
	room, member := chat.Room{ID: 7, Name: "den", Rev: 9}, chat.Member{User: chat.User{ID: 3}}
	message := chat.Message{Room: 7, Seq: 2, Rev: 8}
	got := EventsOf(7, chat.Changes{
		Messages: []chat.Message{message}, Room: &room, RoomRev: 6, Rev: 9,
		Members: []chat.MemberChange{{Rev: 5, User: 3, Member: &member}, {Rev: 7, User: 4, Reason: chat.GoneBanned}},
	})
	want := []chat.Revised{
		chat.MemberPut{Rev: 5, Room: 7, Member: member},
		chat.RoomChanged{Rev: 6, Room: room},
		chat.MemberGone{Rev: 7, Room: 7, User: 4, Reason: chat.GoneBanned},
		chat.MessagePut{Message: &message},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
