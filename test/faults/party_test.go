//go:build linux

package faults

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// databaseFile is the database's name within the data folder.
const databaseFile = "partychat.db"

// party is the users and rooms of a data folder before the attack.
type party struct {
	users []account
	rooms []chat.RoomID // the first is main, which everyone is in
}

// account is a logged-in user.
type account struct {
	chat.User
	token string
	rooms []chat.RoomID
}

// plain stores no hashes: nobody logs in with a password here, and hashing
// thousands of passwords takes minutes.
type plain struct{}

func (plain) Hash(context.Context, string) (string, error) { return "none", nil }

func (plain) Verify(context.Context, string, string) (bool, error) { return false, nil }

// invite fills a data folder with users and rooms. In reports who is in which room
// besides main.
func invite(t *testing.T, data string, users, rooms int, in func(user, room int) bool) *party {
	t.Helper()
	ctx := t.Context()
	store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(data, databaseFile)})
	if err != nil {
		t.Fatal(err)
	}
	broker := local.New()
	defer func() {
		if err := store.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
		_ = broker.Close()
	}()
	services := chat.New(chat.Deps{Store: store, Broker: broker, Hasher: plain{}, Fold: auth.FoldName})
	sessions := auth.NewSessions(store, store, broker, auth.SessionOptions{})

	p := &party{rooms: []chat.RoomID{chat.MainRoom}, users: make([]account, users)}
	each(users, func(i int) {
		a := &p.users[i]
		var err error
		if a.User, err = services.Users.SignUp(ctx, chat.SignUpInput{Username: fmt.Sprintf("user%05d", i), Password: "no password", Local: true}); err == nil {
			a.token, err = sessions.Start(ctx, a.User, chat.SessionStart{Token: true})
		}
		a.rooms = []chat.RoomID{chat.MainRoom}
		if err != nil {
			t.Errorf("user %d: %v", i, err)
		}
	})
	for r := 1; r < rooms && !t.Failed(); r++ {
		sub, err := services.Rooms.Create(ctx, p.users[0].User, chat.NewRoomInput{Name: fmt.Sprintf("room %d", r)})
		if err != nil {
			t.Fatal(err)
		}
		p.rooms = append(p.rooms, sub.ID)
		each(users, func(i int) {
			a := &p.users[i]
			if i > 0 && !in(i, r) {
				return
			}
			if i > 0 {
				if _, _, err := services.Rooms.Subscribe(ctx, a.User, sub.ID); err != nil {
					t.Errorf("user %d: %v", i, err)
				}
			}
			a.rooms = append(a.rooms, sub.ID)
		})
	}
	if t.Failed() {
		t.FailNow()
	}
	return p
}

// each runs the function for 0 to n-1, 64 at a time.
func each(n int, run func(i int)) { someOf(n, 64, run) }

// someOf runs the function for 0 to n-1, atOnce at a time.
func someOf(n, atOnce int, run func(i int)) {
	var work sync.WaitGroup
	next := make(chan int)
	for range min(n, atOnce) {
		work.Go(func() {
			for i := range next {
				run(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	work.Wait()
}
