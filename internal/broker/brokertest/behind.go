package brokertest

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
)

// follower is a typical receiver: the events tell it how far a room has come and
// whether there is a hole; if chat.Missed reports a loss, it asks the store.
type follower struct {
	known  [rooms]atomic.Int64
	missed atomic.Int64
}

const rooms = 5

// testLeftBehind kills the server repeatedly while everybody publishes. At the
// end of each round nobody publishes any more, so the last lost events leave no
// hole, and only Missed can report them.
func testLeftBehind(t *testing.T, n Nodes) {
	const rounds = 6
	var stored [rooms]atomic.Int64
	followers := make([]follower, len(n.Brokers))
	for i, b := range n.Brokers {
		f := &followers[i]
		b.Handle(func(event chat.Event) {
			room := event.Topic().Room - 1
			switch e := event.(type) {
			case chat.Missed:
				f.missed.Add(1)
				f.known[room].Store(stored[room].Load())
			case chat.MessagePut:
				if known := f.known[room].Load(); e.Message.Seq == known+1 {
					f.known[room].Store(e.Message.Seq)
				} else if e.Message.Seq > known {
					f.known[room].Store(stored[room].Load())
				}
			}
		})
		for room := range rooms {
			subscribe(t, b, chat.Topic{Room: chat.RoomID(room + 1)})
		}
	}
	for round := range rounds {
		stop := make(chan struct{})
		var work sync.WaitGroup
		for _, b := range n.Brokers {
			work.Go(func() {
				pace := time.NewTicker(time.Millisecond)
				defer pace.Stop()
				for {
					select {
					case <-stop:
						return
					case <-pace.C:
						room := rand.IntN(rooms)
						publish(t, b, message(chat.Topic{Room: chat.RoomID(room + 1)}, stored[room].Add(1)))
					}
				}
			})
		}
		moment := func() { <-time.After(rand.N(100 * time.Millisecond)) }
		moment()
		n.Stop(t)
		// They stop before the restart, during it, or after it.
		work.Go(func() { moment(); close(stop) })
		moment()
		n.Start(t)
		work.Wait()
		for i := range followers {
			for room := range rooms {
				deadline := time.Now().Add(patience)
				for followers[i].known[room].Load() < stored[room].Load() {
					if time.Now().After(deadline) {
						t.Fatalf("round %d: node %d knows room %d up to %d, want %d", round, i, room+1,
							followers[i].known[room].Load(), stored[room].Load())
					}
					time.Sleep(time.Millisecond)
				}
			}
		}
	}
	for i := range followers {
		if followers[i].missed.Load() == 0 {
			t.Errorf("node %d has been told of no loss", i)
		}
	}
}
