package chat_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/store/sqlitetest"
)

// BenchmarkReact lets 1,000 members react to one message and take that back, so many at
// a time, each the next time when the previous one is durable.
func BenchmarkReact(b *testing.B) {
	for _, n := range []int{1, 64, 256} {
		b.Run(strconv.Itoa(n)+" at a time", func(b *testing.B) { benchmarkReact(b, n) })
	}
}

func benchmarkReact(b *testing.B, atOnce int) {
	b.Helper()
	store, broker := sqlitetest.Open(b), local.New()
	b.Cleanup(func() { _ = broker.Close() })
	services := chat.New(chat.Deps{Store: store, Broker: broker, Hasher: &hasher{}, Fold: fold})
	users := make([]chat.User, 1000)
	for i := range users {
		name := fmt.Sprint("user", i)
		user, err := store.CreateUser(b.Context(), chat.NewUser{
			User:       chat.User{ID: chat.UserID(1000 + i), Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: now},
			FoldedName: name, Rooms: []chat.RoomID{chat.MainRoom},
		})
		if err != nil {
			b.Fatal(err)
		}
		users[i] = user
	}
	message, _, err := services.Messages.Send(b.Context(), users[0], input(chat.MainRoom, "tea?"))
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	var work sync.WaitGroup
	b.ResetTimer()
	for range atOnce {
		work.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				user, on := users[i%int64(len(users))], i/int64(len(users))%2 == 0
				if _, err := services.Messages.React(b.Context(), user, chat.MainRoom, message.Seq, "👍", on); err != nil {
					b.Error(err)
				}
			}
		})
	}
	work.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reactions/s")
}
