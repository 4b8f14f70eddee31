package live

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partychat/internal/chat"
)

func TestAHoleIsFilledFromTheStoreWithItsReason(t *testing.T) {
	for _, test := range both {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.hold()
				b.Take(b.record.commit(test.of))
				lost := b.record.commit(test.of)
				b.Take(b.record.commit(test.of))
				b.want(test.of, 0, 1)
				time.Sleep(soon)
				synctest.Wait()
				b.mu.Lock()
				got := slices.Clone(b.got)
				b.mu.Unlock()
				if len(got) != 2 || got[0] != lost {
					t.Errorf("delivered %+v, want %+v first", got, lost)
				}
			})
		})
	}
}

func TestALateEventNeedsNoStore(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		first, second := b.record.commit(roomTopic), b.record.commit(roomTopic)
		b.Take(second)
		b.Take(first)
		b.Take(second)
		b.want(roomTopic, soon, 1, 2)
		if b.record.reads != 0 {
			t.Errorf("the store was read %d times", b.record.reads)
		}
	})
}

func TestALostLastEventIsFoundByTheHead(t *testing.T) {
	for _, way := range []struct {
		name string
		find func(b *bench, of chat.Topic)
	}{
		{"when the broker has missed something", func(b *bench, of chat.Topic) { b.Take(chat.Missed{Of: of}) }},
		{"when a node of an older version tells of something", func(b *bench, of chat.Topic) {
			if of.Room != 0 {
				b.Take(chat.MemberGone{Room: of.Room, User: 1})
			} else {
				b.Take(chat.SubscriptionGone{User: of.User, Room: 1})
			}
		}},
		{"in time", func(b *bench, _ chat.Topic) {
			ctx, cancel := context.WithTimeout(b.t.Context(), 31*time.Second)
			defer cancel()
			b.Run(ctx)
		}},
	} {
		for _, test := range both {
			t.Run(way.name+", "+test.name, func(t *testing.T) {
				inBubble(t, func(b *bench) {
					b.hold()
					for range 5 { // more than a page
						b.record.commit(test.of)
					}
					b.want(test.of, time.Second)
					way.find(b, test.of)
					b.want(test.of, time.Second, 1, 2, 3, 4, 5)
				})
			})
		}
	}
}

func TestAHoleIsFilledOnceTheStoreIsBack(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		b.record.failures = 3
		b.record.commit(userTopic)
		b.Take(b.record.commit(userTopic))
		b.want(userTopic, 2*time.Second)
		b.want(userTopic, 2*time.Second, 1, 2)
	})
}

func TestWhatTheStoreDoesNotListAnyMoreIsToBeReadAnew(t *testing.T) {
	for _, test := range both {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.hold()
				for range 9 {
					b.record.commit(test.of)
				}
				b.record.floor[test.of] = 5
				b.Doubt(test.of)
				time.Sleep(time.Second)
				synctest.Wait()
				b.mu.Lock()
				if want := (StartOver{Of: test.of, Rev: 9}); len(b.got) != 1 || b.got[0] != chat.Revised(want) {
					t.Errorf("delivered %+v, want %+v", b.got, want)
				}
				b.got = nil
				b.mu.Unlock()
				b.Take(b.record.commit(test.of))
				b.want(test.of, 0, 10)
			})
		})
	}
}

func TestTheEndOfASessionWaitsForNothing(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		end := chat.SessionEnded{User: theUser, Session: "one", Rev: 2}
		b.Take(end)
		b.want(userTopic, 0, 2)
	})
}

func TestAListenerIsToldFromWhereOthersAre(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		for range 3 {
			b.Take(b.record.commit(roomTopic))
			b.Take(b.record.commit(userTopic))
		}
		if after, err := b.FollowRoom(theRoom, 1); err != nil || after != 3 {
			t.Errorf("the room: got %d, %v, want what has been delivered", after, err)
		}
		if after := b.Begin(theUser, 2); after != 3 {
			t.Errorf("the user: got %d, want what has been delivered", after)
		}
		b.Unfollow(roomTopic)
	})
}

func TestWhatHappenedBeforeTheNodeWasSubscribedIsFound(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.record.commit(roomTopic) // after the caller has read that the room is at 0
		if after, err := b.FollowRoom(theRoom, 0); err != nil || after != 0 {
			t.Errorf("got %d, %v, want 0", after, err)
		}
		b.want(roomTopic, time.Second, 1)
	})
}

func TestNothingIsDeliveredAfterTheLastRelease(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		b.record.commit(roomTopic)
		b.Take(b.record.commit(roomTopic)) // leaves a hole
		b.Unfollow(roomTopic)
		b.Unfollow(userTopic)
		b.Take(b.record.commit(userTopic))
		b.want(roomTopic, time.Minute)
		b.want(userTopic, time.Minute)
		if len(b.broker.holds) != 0 || len(b.byTopic) != 0 {
			t.Errorf("left over: %v, %v", b.broker.holds, b.byTopic)
		}
	})
}

func TestAStreamThatCannotBeSubscribedIsLetGo(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.broker.fail = chat.Errorf(chat.CodeUnavailable, "The broker is away.")
		if _, err := b.FollowRoom(theRoom, 0); err == nil {
			t.Error("holding a room: got no error")
		}
		if err := b.FollowUserFromHead(t.Context(), theUser); err == nil {
			t.Error("hearing a user: got no error")
		}
		if len(b.byTopic) != 0 {
			t.Errorf("left over: %v", b.byTopic)
		}
	})
}

// TestWhateverTheBrokerDoesEveryStreamEndsWhereTheStoreIs loses, doubles and
// reorders the events of many streams.
func TestWhateverTheBrokerDoesEveryStreamEndsWhereTheStoreIs(t *testing.T) {
	for seed := range uint64(20) {
		inBubble(t, func(b *bench) {
			random := rand.New(rand.NewPCG(seed, 1))
			b.Handle(func(chat.Revised) { runtime.Gosched() })
			var topics []chat.Topic
			for i := range int64(4) {
				room, user := chat.RoomID(i+1), chat.UserID(i+1)
				if err := b.FollowUserFromHead(t.Context(), user); err != nil {
					t.Fatal(err)
				}
				if err := b.FollowRoomFromHead(t.Context(), room); err != nil {
					t.Fatal(err)
				}
				topics = append(topics, chat.Topic{Room: room}, chat.Topic{User: user})
			}
			var flying sync.WaitGroup
			for range 400 {
				e := b.record.commit(topics[random.IntN(len(topics))])
				for range random.IntN(3) { // 0: lost
					delay := time.Duration(random.IntN(100)) * time.Millisecond
					flying.Go(func() {
						time.Sleep(delay)
						b.Take(e)
					})
				}
				time.Sleep(time.Duration(random.IntN(5)) * time.Millisecond)
			}
			flying.Wait()
			for _, topic := range topics {
				b.Take(chat.Missed{Of: topic})
			}
			for _, topic := range topics {
				var want []int64
				for _, e := range b.record.changes[topic] {
					want = append(want, e.Revision())
				}
				if got := b.take(topic, time.Second); !slices.Equal(got, want) {
					t.Errorf("seed %d, %+v: delivered %v, want %v", seed, topic, got, want)
				}
			}
		})
	}
}
