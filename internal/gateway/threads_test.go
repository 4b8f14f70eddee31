package gateway_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestH3_FollowedThreadsReachAllDevices(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	first, second, friend := ada.connect(), ada.connect(), bob.connect()
	root := first.send(chat.MainRoom, "tea?")
	reply, _, err := s.chat.Messages.Send(t.Context(), bob.User, chat.SendInput{
		Room: chat.MainRoom, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Body: "yes", Thread: root.Seq,
	})
	if err != nil {
		t.Fatal(err)
	}
	var put wire.ThreadPut
	for _, c := range []*tab{first, second} {
		put = wire.ThreadPut{}
		c.await("thread:put", &put)
		want := wire.ThreadPut{Rev: put.Rev, Room: chat.MainRoom, Root: root.Seq, Follows: true, ReadSeq: reply.Seq - 1}
		if diff := cmp.Diff(want, put); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
	}
	if state, unread, err := s.chat.Threads.State(t.Context(), ada.User, chat.MainRoom, root.Seq); err != nil || !state.Follows || unread != 1 {
		t.Errorf("state: got %+v, %d, %v; want one unread message", state, unread, err)
	}
	var answer wire.MarkAnswer
	command := func(name string, argument any) {
		t.Helper()
		raw, err := first.Command(name, argument)
		if err != nil {
			t.Fatal(err)
		}
		answer = wire.MarkAnswer{}
		decode(t, raw, &answer)
		if !answer.OK {
			t.Fatalf("%s: got %s, want it acknowledged", name, raw)
		}
	}
	for range 2 { // the second time changes nothing
		command("thread:read", wire.ThreadReadCommand{Room: chat.MainRoom, Root: root.Seq, Seq: reply.Seq})
		if answer.Rev != put.Rev+1 {
			t.Errorf("read: got rev %d, want %d", answer.Rev, put.Rev+1)
		}
	}
	var read wire.ThreadPut
	second.await("thread:put", &read)
	if read.ReadSeq != reply.Seq {
		t.Errorf("read: got %+v, want it up to the reply", read)
	}
	command("thread:follow", wire.FollowCommand{Room: chat.MainRoom, Root: root.Seq})
	list, err := s.chat.Threads.List(t.Context(), ada.User, "", 0)
	if err != nil || len(list.Threads) != 0 || list.Unread != 0 {
		t.Errorf("list: got %+v, %v; want none", list, err)
	}
	raw, err := friend.Command("user:sync", wire.UserSyncCommand{Since: 0})
	if err != nil {
		t.Fatal(err)
	}
	var sync wire.UserSyncAnswer
	decode(t, raw, &sync)
	if len(sync.Threads) != 1 || !sync.Threads[0].Follows || sync.Threads[0].ReadSeq != reply.Seq {
		t.Errorf("user:sync of the one who replied: got %+v, want the thread, all read", sync.Threads)
	}
}
