package gateway_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/store/sqlitetest"
	"partychat/internal/wire"
)

// react sends message:react and returns the answer.
func (c *tab) react(seq int64, emoji string, on bool) (answer wire.ReactAnswer) {
	c.t.Helper()
	raw, err := c.Command("message:react", wire.ReactCommand{Room: chat.MainRoom, Seq: seq, Emoji: emoji, On: on})
	if err != nil {
		c.t.Fatal(err)
	}
	decode(c.t, raw, &answer)
	if !answer.OK {
		c.t.Fatalf("got %s, want it acknowledged", raw)
	}
	return answer
}

// reaction awaits reaction:put.
func (c *tab) reaction() (put wire.ReactionPut) {
	c.t.Helper()
	c.await("reaction:put", &put)
	return put
}

func TestAReactionReachesEveryoneInTheRoomInEveryTab(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender, other, friend := ada.connect(), ada.connect(), bob.connect()
	sent := sender.send(chat.MainRoom, "tea?")
	answer := sender.react(sent.Seq, "❤", true)
	if answer.Rev != sent.Rev+1 || answer.Count != 1 {
		t.Errorf("acknowledged with %+v, want rev %d and one reaction", answer, sent.Rev+1)
	}
	want := wire.ReactionPut{Room: chat.MainRoom, Rev: answer.Rev, Changes: []wire.ReactionChange{
		{Seq: sent.Seq, User: wire.AuthorOf(ada.Author()), Emoji: "❤\ufe0f", On: true, Count: 1},
	}}
	for _, c := range []*tab{sender, other, friend} {
		if diff := cmp.Diff(want, c.reaction()); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
	}
	if again := sender.react(sent.Seq, "❤", true); again != answer {
		t.Errorf("retry: got %+v, want %+v", again, answer)
	}
	sender.react(sent.Seq, "❤", false)
	if got := friend.reaction(); got.Rev != answer.Rev+1 || got.Changes[0].On || got.Changes[0].Count != 0 {
		t.Errorf("taken back: got %+v, want the next rev and no reaction left", got)
	}
}

// Only room:sync can tell each reader which reactions are theirs, once more people have
// reacted than a message lists.
func TestAChangeOfAMessageWithManyReactionsIsLeftToSync(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	c := ada.connect()
	sent := c.send(chat.MainRoom, "tea?")
	for i := range sqlitetest.ReactionUsers + 1 {
		person := s.signUp(fmt.Sprint("user", i))
		if _, err := s.chat.Messages.React(t.Context(), person.User, chat.MainRoom, sent.Seq, "👍", true); err != nil {
			t.Fatal(err)
		}
		c.reaction()
	}
	edited, err := s.chat.Messages.Edit(t.Context(), ada.User, chat.MainRoom, sent.Seq, "coffee?")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wire.ReactionPut{Room: chat.MainRoom, Rev: edited.Rev}, c.reaction()); diff != "" {
		t.Errorf("event of the edit (-want +got):\n%s", diff)
	}
	answer := c.do("room:sync", wire.SyncCommand{Room: chat.MainRoom, Since: edited.Rev - 1})
	if len(answer.Messages) != 1 || answer.Messages[0].Body != "coffee?" || answer.Messages[0].Reactions[0].Count != sqlitetest.ReactionUsers+1 {
		t.Errorf("room:sync: got %+v, want the message with its reactions", answer)
	}
}
