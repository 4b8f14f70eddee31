package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

const (
	burstSenders = 256
	burstRooms   = 32
)

// burst compares the rate of durable messages with and without the indexer beside
// them. The two take turns, each on a database of its own, so that whatever else the
// machine does affects both alike.
func burst(ctx context.Context, duration time.Duration) (err error) {
	const turns = 6
	var stores [2]chat.Store
	for i := range stores {
		folder, err := os.MkdirTemp("", "partychat-burst-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		if stores[i], err = sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(folder, "chat.db")}); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stores[i].Close()) }()
		if err := furnish(ctx, stores[i]); err != nil {
			return err
		}
	}
	var sent [2]int64
	for turn := range turns {
		for i, store := range stores {
			n, err := sendAll(ctx, store, duration/turns, i == 1)
			if err != nil {
				return err
			}
			if turn > 0 { // the first one warms up
				sent[i] += n
			}
		}
	}
	per := (duration * (turns - 1) / turns).Seconds()
	log.Printf("without the indexer %.0f messages per second, with it %.0f: ratio %.3f",
		float64(sent[0])/per, float64(sent[1])/per, float64(sent[1])/float64(sent[0]))
	began, total := time.Now(), 0
	for {
		n, err := stores[1].IndexMessages(ctx, 200)
		if err != nil {
			return err
		}
		if total += n; n == 0 {
			break
		}
	}
	log.Printf("%d messages were left to be indexed; that took %v, %.0f per second", total, time.Since(began).Round(time.Millisecond), float64(total)/time.Since(began).Seconds())
	return nil
}

func furnish(ctx context.Context, store chat.Store) error {
	user := chat.NewUser{User: chat.User{ID: 1000, Username: "ada", Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: time.Now()}, FoldedName: "ada"}
	if _, err := store.CreateUser(ctx, user); err != nil {
		return err
	}
	for i := range burstRooms {
		name := fmt.Sprint("room ", i)
		room := chat.NewRoom{ID: chat.RoomID(1000 + i), Kind: chat.RoomPublic, Name: name, FoldedName: name, CreatedAt: time.Now(), CreatedBy: user.ID}
		if _, err := store.CreateRoom(ctx, nil, room); err != nil {
			return err
		}
	}
	return nil
}

// sendAll sends for a while and returns how many messages were stored.
func sendAll(ctx context.Context, store chat.Store, duration time.Duration, indexing bool) (int64, error) {
	ctx, stop := context.WithTimeout(ctx, duration)
	defer stop()
	var senders, indexer sync.WaitGroup
	var sent atomic.Int64
	failed := make(chan error, burstSenders+1)
	if indexing {
		indexer.Go(func() { chat.Index(ctx, store, chat.Indexing{}, func(err error) { failed <- err }) })
	}
	for i := range burstSenders {
		senders.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				message := &chat.NewMessage{
					Room: chat.RoomID(1000 + i%burstRooms), Author: 1000, ClientID: uuid.NewString(), Kind: chat.MessageText, CreatedAt: time.Now(),
					Body: fmt.Sprintf("Message %d of sender %d, and whatever else one has to say about the weather, lunch and the release", n, i),
				}
				// A message that has begun is finished.
				if _, _, err := store.AppendMessage(context.WithoutCancel(ctx), message); err != nil {
					failed <- err
					return
				}
				sent.Add(1)
			}
		})
	}
	senders.Wait()
	stop()
	indexer.Wait()
	select {
	case err := <-failed:
		return 0, err
	default:
		return sent.Load(), nil
	}
}
