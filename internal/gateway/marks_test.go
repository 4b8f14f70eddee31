package gateway_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// mark sends message:pin or message:bookmark and returns the answer.
func (c *tab) mark(command string, room chat.RoomID, seq int64, on bool) (answer wire.MarkAnswer) {
	c.t.Helper()
	raw, err := c.Command(command, wire.MarkCommand{Room: room, Seq: seq, On: on})
	if err != nil {
		c.t.Fatal(err)
	}
	decode(c.t, raw, &answer)
	return answer
}

func TestAPinReachesEveryoneInTheRoomAndOnlyItsAdminsPin(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob") // ada is the server's admin
	admin, member := ada.connect(), bob.connect()
	sent := member.send(chat.MainRoom, "tea at four")
	var put wire.MessagePut
	admin.await("message:put", &put)
	member.await("message:put", &put)
	if refused := member.mark("message:pin", chat.MainRoom, sent.Seq, true); refused.OK {
		t.Error("a member has pinned a message, want a refusal")
	}
	answer := admin.mark("message:pin", chat.MainRoom, sent.Seq, true)
	if !answer.OK || answer.Rev != sent.Rev+1 {
		t.Fatalf("acknowledged with %+v, want rev %d", answer, sent.Rev+1)
	}
	for _, c := range []*tab{admin, member} {
		c.await("message:put", &put)
		if put.Message.Rev != answer.Rev || put.Message.Pinned == nil || put.Message.Pinned.By != wire.AuthorOf(ada.Author()) {
			t.Errorf("event: got %+v, want it pinned by ada", put.Message)
		}
	}
	if again := admin.mark("message:pin", chat.MainRoom, sent.Seq, true); again != answer {
		t.Errorf("retry: got %+v, want %+v", again, answer)
	}
	admin.mark("message:pin", chat.MainRoom, sent.Seq, false)
	var last wire.MessagePut
	member.await("message:put", &last)
	if last.Message.Pinned != nil {
		t.Errorf("after unpinning: got %+v, want no pin", last.Message)
	}
}

func TestABookmarkReachesOnlyTheUsersDevices(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender, other := ada.connect(), ada.connect()
	bob.connect()
	sent := sender.send(chat.MainRoom, "tea at four")
	answer := sender.mark("message:bookmark", chat.MainRoom, sent.Seq, true)
	if !answer.OK {
		t.Fatalf("acknowledged with %+v, want it set", answer)
	}
	want := wire.BookmarkPut{Rev: answer.Rev, Room: chat.MainRoom, Seq: sent.Seq, On: true}
	for _, c := range []*tab{sender, other} {
		var put wire.BookmarkPut
		c.await("bookmark:put", &put)
		if diff := cmp.Diff(want, put); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
	}
	if again := sender.mark("message:bookmark", chat.MainRoom, sent.Seq, true); again != answer {
		t.Errorf("retry: got %+v, want %+v", again, answer)
	}
	raw, err := other.Command("user:sync", wire.UserSyncCommand{Since: answer.Rev - 1})
	if err != nil {
		t.Fatal(err)
	}
	var sync wire.UserSyncAnswer
	decode(t, raw, &sync)
	if diff := cmp.Diff([]wire.BookmarkPut{want}, sync.Bookmarks); diff != "" {
		t.Errorf("user:sync (-want +got):\n%s", diff)
	}
}
