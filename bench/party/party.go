// Package party fills PartyChat's stores with the users and rooms that a crowd
// needs, and checks afterwards that every acknowledged message is stored.
package party

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"partychat/bench/load"
	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
)

// atOnce is the number of users signed up concurrently, so that the store commits
// many together.
const atOnce = 64

// unhashed stores no hashes: nobody logs in with a password here, and hashing a
// thousand passwords takes half a minute.
type unhashed struct{}

// Hash is specified by chat.PasswordHasher.
func (unhashed) Hash(context.Context, string) (string, error) { return "none", nil }

// Verify is specified by chat.PasswordHasher. No password is right.
func (unhashed) Verify(context.Context, string, string) (bool, error) { return false, nil }

// Gather signs users up, each with a session like that of a login, and spreads them
// evenly over new rooms: user i joins room i modulo rooms, and the rooms after it
// until lists of them are in the user's list.
func Gather(ctx context.Context, store chat.Store, sessions chat.SessionStore, users, rooms, lists int) ([]load.Member, error) {
	broker := local.New()
	defer broker.Close()
	services := chat.New(chat.Deps{Store: store, Broker: broker, Hasher: unhashed{}, Fold: auth.FoldName})
	guests := make([]chat.User, users)
	members := make([]load.Member, users)
	logIns := auth.NewSessions(sessions, store, broker, auth.SessionOptions{})
	err := each(ctx, users, func(ctx context.Context, i int) (err error) {
		if guests[i], err = services.Users.SignUp(ctx, chat.SignUpInput{Username: Name(i), Password: "no password", Local: true}); err != nil {
			return err
		}
		members[i].Token, err = logIns.Start(ctx, guests[i], chat.SessionStart{Token: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]chat.RoomID, rooms)
	err = each(ctx, rooms, func(ctx context.Context, i int) error {
		sub, err := services.Rooms.Create(ctx, guests[i], chat.NewRoomInput{Name: "room " + strconv.Itoa(i)})
		ids[i] = sub.ID
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, users, func(ctx context.Context, i int) error {
		if _, _, err := services.Rooms.Subscribe(ctx, guests[i], ids[i%rooms]); err != nil {
			return err
		}
		for k := 1; k < lists; k++ { // without a notice for each
			if _, _, err := store.Subscribe(ctx, nil, ids[(i+k)%rooms], guests[i].ID, chat.RoleMember, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range members {
		room, err := store.RoomByID(ctx, ids[i%rooms])
		if err != nil {
			return nil, err
		}
		members[i].Room, members[i].Seq = int64(room.ID), room.Seq
	}
	return members, nil
}

// Name is the username of the i-th user.
func Name(i int) string { return "guest" + strconv.Itoa(i) }

// each runs the function for 0 to n-1, concurrently, until one call fails.
func each(ctx context.Context, n int, run func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var work sync.WaitGroup
	for range min(n, atOnce) {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := run(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	work.Wait()
	return context.Cause(ctx)
}

// Each of these errors invalidates the result.
var (
	errNotThere = errors.New("party: acknowledged message is not in the database")
	errUnasked  = errors.New("party: database has messages that were not acknowledged")
)

// pageSize is the number of messages per read.
const pageSize = 5000

// Verify checks that the rooms contain exactly the acknowledged messages, each with
// the seq of its acknowledgement.
func Verify(ctx context.Context, store chat.Store, members []load.Member, acked []load.Ack) error {
	type place struct{ room, seq int64 }
	bodies := make(map[place]uint64, len(acked))
	for _, a := range acked {
		bodies[place{a.Room, a.Seq}] = a.Body
	}
	if len(bodies) < len(acked) {
		return fmt.Errorf("%w: %d have the seq of another one", errNotThere, len(acked)-len(bodies))
	}
	before := make(map[int64]int64) // heads of the rooms before the first send
	for _, m := range members {
		before[m.Room] = m.Seq
	}
	for room, seq := range before {
		for more := true; more; {
			page, err := store.Messages(ctx, chat.RoomID(room), chat.MessagePage{Direction: chat.PageAfter, Seq: seq, Limit: pageSize})
			if err != nil {
				return err
			}
			for _, m := range page.Messages {
				seq = m.Seq
				at := place{room, seq}
				body, known := bodies[at]
				if !known {
					return fmt.Errorf("%w: seq %d of room %d", errUnasked, seq, room)
				}
				if want := fmt.Sprintf("%012d", body); len(m.Body) < len(want) || m.Body[:len(want)] != want {
					return fmt.Errorf("%w: seq %d of room %d is %.40q, want %s", errNotThere, seq, room, m.Body, want)
				}
				delete(bodies, at)
			}
			more = page.More
		}
	}
	if len(bodies) > 0 {
		return fmt.Errorf("%w: %d are missing", errNotThere, len(bodies))
	}
	return nil
}
