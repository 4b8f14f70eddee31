package push_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/push/pushtest"
)

func TestI3_LevelsAndQuietHoursDecide(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		_, _, err := n.store.SetLevel(t.Context(), n.den, n.bob.ID, chat.LevelMentions)
		n.must(err)
		n.send("chatter")
		n.work()
		n.want(phone, "only mentions", "")
		_, _, err = n.store.AppendMessage(t.Context(), &chat.NewMessage{
			Room: n.den, ClientID: uuid.NewString(), Author: n.ann.ID, Kind: chat.MessageText, Body: "@bob", CreatedAt: n.time(),
			Mentions: []chat.Mention{{User: n.bob.ID, Text: "@bob"}},
		})
		n.must(err)
		n.send("chatter")
		n.work()
		n.want(phone, "a mention", "message 2 @bob")
		hour := n.time().Hour()*60 + n.time().Minute()
		_, _, err = n.store.PutSettings(t.Context(), n.bob.ID, chat.Settings{
			Level: chat.LevelEverything, Quiet: &chat.QuietHours{From: (hour + 1380) % 1440, To: (hour + 60) % 1440, Zone: "UTC"},
		})
		n.must(err)
		_, _, err = n.store.SetLevel(t.Context(), n.den, n.bob.ID, chat.LevelEverything)
		n.must(err)
		n.send("at night")
		n.work()
		n.want(phone, "in quiet hours", "")
	})
}

func TestI3_AKillLosesNoPushAndDoublesNone(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		n.send("one") // the server is killed right after the commit: nothing of it was in memory
		n.work()
		n.want(phone, "killed after the commit", "message 1 one")

		n.send("two")
		n.must(n.pusher(n.store).Plan(t.Context()))
		n.pass(3 * time.Second)
		if leased, _, err := n.store.LeaseJobs(t.Context(), []chat.JobKind{chat.KindPush}, n.time(), n.time().Add(time.Minute), 10); len(leased) != 1 {
			t.Fatalf("got %d jobs, %v; want 1", len(leased), err)
		}
		n.work() // killed while the job was leased
		n.want(phone, "during the lease", "")
		n.pass(time.Minute)
		n.work()
		n.want(phone, "killed before the push", "message 2 two")

		phone.Offline(true)
		n.send("three")
		n.workWith(crashing{n.store})                 // killed after the push, before that was recorded
		n.service.Next(pushtest.Answer{Accept: true}) // and the next answer is lost on the way
		n.pass(time.Minute)
		n.work()
		n.pass(time.Minute)
		n.work()
		if got := n.service.Requests(); got != 5 {
			t.Errorf("got %d requests, want 5: the third message was sent three times", got)
		}
		phone.Offline(false)
		n.want(phone, "killed after the push", "message 3 three")
	})
}

func TestI3_TwoNodesSendEachPushOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		n.send("one")
		var nodes sync.WaitGroup
		for range 2 {
			nodes.Go(func() { n.work() })
		}
		nodes.Wait()
		n.work()
		n.want(phone, "of both together", "message 1 one")
	})
}

func TestI3_AnswersInAFollowedThreadArePushed(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		_, _, err := n.store.SetLevel(t.Context(), n.den, n.bob.ID, chat.LevelMentions)
		n.must(err)
		followed, other := n.send("followed"), n.send("other")
		follow := true
		_, _, err = n.store.PutThread(t.Context(), &chat.Act{By: n.bob.ID}, chat.ThreadChange{User: n.bob.ID, Room: n.den, Root: followed.Seq, Follow: &follow})
		n.must(err)
		for _, root := range []int64{followed.Seq, other.Seq} {
			_, _, err := n.store.AppendMessage(t.Context(), &chat.NewMessage{
				Room: n.den, ClientID: uuid.NewString(), Author: n.ann.ID, Kind: chat.MessageText, Body: "answer", CreatedAt: n.time(), Thread: root,
			})
			n.must(err)
		}
		n.work()
		n.want(phone, "answers in two threads", "message 3 answer")
	})
}
