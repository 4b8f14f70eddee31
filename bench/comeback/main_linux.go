// Command comeback measures what it costs a server when all its clients come back at
// once, as after a restart of the proxy before it: users with many rooms connect, go,
// and connect again. It reports the CPU time of the server's process for each.
//
//	go build -o /tmp/partychat ./cmd/partychat && go run ./bench/comeback -program /tmp/partychat
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"partychat/bench/proc"
	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/store/sqlite"
)

var (
	program  = flag.String("program", "", "the partychat to measure")
	users    = flag.Int("users", 5000, "number of users, each with one connection")
	rooms    = flag.Int("rooms", 20, "rooms of each user")
	peers    = flag.Int("peers", 20, "people whose presence each connection watches")
	members  = flag.Int("members", 50, "members of each room")
	protocol = flag.Int("protocol", 2, "version of the protocol; from 2 on, clients name what they know")
	rounds   = flag.Int("rounds", 3, "how often all clients come back")
	atOnce   = flag.Int("at-once", 64, "how many clients connect at the same time")
)

func main() {
	flag.Parse()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "comeback:", err)
		os.Exit(1)
	}
}

// unhashed is no hasher: nobody logs in by password here.
type unhashed struct{}

func (unhashed) Hash(context.Context, string) (string, error) { return "none", nil }

func (unhashed) Verify(context.Context, string, string) (bool, error) { return false, nil }

// person is one user's client.
type person struct {
	user   chat.UserID
	token  string
	rev    int64
	rooms  map[string]int64
	client *sioclient.Client
	ready  int // bytes of the last ready
}

func run(ctx context.Context) (err error) {
	if err := proc.AllowFiles(uint64(2**users + 1000)); err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "comeback")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	people, err := gather(ctx, data)
	if err != nil {
		return err
	}
	url, pid, stop, err := serve(ctx, data)
	if err != nil {
		return err
	}
	defer stop()
	for round := range *rounds + 1 {
		before, err := proc.CPUTime(pid)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := connect(url, people); err != nil { //nolint:contextcheck // the client of tests takes none
			return err
		}
		took := time.Since(began)
		time.Sleep(2 * time.Second) // what follows ready counts, too
		after, err := proc.CPUTime(pid)
		if err != nil {
			return err
		}
		bytes := 0
		for _, p := range people {
			bytes += p.ready
		}
		name := "come back"
		if round == 0 {
			name = "come"
		}
		fmt.Printf("%d clients %s: %.3f ms of CPU each, %.2f s in all, ready of %d bytes\n",
			len(people), name, float64(after-before)/float64(time.Millisecond)/float64(len(people)), took.Seconds(), bytes/len(people))
		for _, p := range people {
			p.client.Close()
		}
		time.Sleep(7 * time.Second) // until nobody is online any more
	}
	return nil
}

// gather makes a database with the users, their sessions, and rooms in which
// something was said.
func gather(ctx context.Context, data string) ([]*person, error) {
	store, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(data, "partychat.db")})
	if err != nil {
		return nil, err
	}
	broker := local.New()
	defer broker.Close()
	services := chat.New(chat.Deps{Store: store, Broker: broker, Hasher: unhashed{}, Fold: auth.FoldName})
	sessions := auth.NewSessions(store, store, broker, auth.SessionOptions{})
	people := make([]*person, *users)
	accounts := make([]chat.User, *users)
	err = each(*users, func(i int) (err error) {
		people[i] = &person{}
		if accounts[i], err = services.Users.SignUp(ctx, chat.SignUpInput{Username: fmt.Sprintf("user%d", i), Password: "no password", Local: true}); err != nil {
			return err
		}
		people[i].user = accounts[i].ID
		people[i].token, err = sessions.Start(ctx, accounts[i], chat.SessionStart{Token: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(*users**rooms / *members, func(i int) error {
		room, err := services.Rooms.Create(ctx, accounts[i%*users], chat.NewRoomInput{Name: fmt.Sprintf("a room of some name, %d", i)})
		if err != nil {
			return err
		}
		for k := range *members {
			member := (i**members + k*7919) % *users
			if _, _, err := store.Subscribe(ctx, nil, room.ID, accounts[member].ID, chat.RoleMember, time.Now()); err != nil {
				return err
			}
		}
		_, _, err = services.Messages.Send(ctx, accounts[i%*users], chat.SendInput{Room: room.ID, ClientID: uuid.NewString(), Body: "Something that was said in this room at last."})
		return err
	})
	return people, errors.Join(err, store.Close())
}

// each runs the function for 0 to n-1, many at once.
func each(n int, run func(i int) error) error {
	var next atomic.Int64
	var work sync.WaitGroup
	errs := make(chan error, *atOnce)
	for range *atOnce {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := run(i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	work.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// serve starts the program on the database.
func serve(ctx context.Context, data string) (url string, pid int, stop func(), err error) {
	free, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", 0, nil, err
	}
	address := free.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	_ = free.Close()
	cmd := exec.CommandContext(ctx, *program, "serve", "--data", data, "--port", port, "--host", "127.0.0.1", "--ping-interval", "5m") //nolint:gosec // what is to be measured
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", 0, nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	url = "http://" + address
	for range 200 {
		if answer, err := http.Get(url + "/api/v1/server"); err == nil { //nolint:noctx // our own
			_ = answer.Body.Close()
			return url, cmd.Process.Pid, stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return "", 0, nil, errors.New("the program does not answer")
}

// connect lets all connect, and name what they know.
func connect(url string, people []*person) error {
	return each(len(people), func(i int) error {
		p := people[i]
		given := map[string]any{"protocol": *protocol, "token": p.token}
		if *protocol > 1 && p.rev > 0 {
			given["known"] = map[string]any{"rev": p.rev, "rooms": p.rooms}
		}
		client, err := sioclient.Dial(url, sioclient.Options{Auth: given})
		if err != nil {
			return err
		}
		p.client = client
		raw, err := client.Await("ready")
		if err != nil {
			return err
		}
		p.ready = len(raw)
		var ready struct {
			Rev           int64
			Delta         bool
			Subscriptions []struct{ ID, Rev int64 }
		}
		if err := json.Unmarshal(raw, &ready); err != nil {
			return err
		}
		p.rev = ready.Rev
		if !ready.Delta {
			p.rooms = make(map[string]int64)
		}
		for _, sub := range ready.Subscriptions {
			p.rooms[fmt.Sprint(sub.ID)] = sub.Rev
		}
		if len(p.rooms) <= *rooms { // and main
			return fmt.Errorf("ready has %d rooms", len(p.rooms))
		}
		watched := make([]chat.UserID, *peers)
		for k := range watched {
			watched[k] = people[(i+k+1)%len(people)].user
		}
		_, err = client.Command("presence:watch", map[string]any{"users": watched})
		return err
	})
}
