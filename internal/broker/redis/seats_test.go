package redis_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
)

const den chat.RoomID = 7

func seats(number int, names ...string) chat.Seats {
	s := chat.Seats{Number: number}
	for _, name := range names {
		s.People = append(s.People, chat.Author{ID: chat.UserID(name[0]), Username: name})
	}
	return s
}

func TestNodesTellEachOtherWhoIsInARoom(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			server := realserver.RedisServer(t, kind.options)
			var nodes []*redis.Seats
			for range 3 {
				nodes = append(nodes, redis.NewSeats(connect(t, server.URL()), redis.SeatOptions{}))
			}
			for _, step := range []struct {
				what string
				node int
				says chat.Seats
				want chat.Seats
			}{
				{"nobody else is there", 0, seats(1, "ann"), chat.Seats{}},
				{"who is there already", 1, seats(1, "bob"), seats(1, "ann")},
				{"those who are not listed count", 2, seats(5, "ann", "cid"), seats(2, "ann", "bob")},
				{"a person on two nodes counts once", 1, seats(0), seats(3+2, "ann", "cid")},
				{"people who left are absent", 2, seats(0), seats(1, "ann")},
				{"people who left are absent", 0, seats(0), chat.Seats{}},
			} {
				got, err := nodes[step.node].Share(t.Context(), den, step.says)
				if err != nil || got.Number != step.want.Number || !sameNames(got.People, step.want.People) {
					t.Errorf("%s: node %d got %+v, %v, want %+v", step.what, step.node, got, err, step.want)
				}
			}
			if got, err := nodes[0].Share(t.Context(), den+1, chat.Seats{}); err != nil || !reflect.DeepEqual(got, chat.Seats{}) {
				t.Errorf("another room: got %+v, %v, want nobody", got, err)
			}
		})
	}
}

func sameNames(got, want []chat.Author) bool {
	names := make(map[string]bool)
	for _, who := range want {
		names[who.Username] = true
	}
	for _, who := range got {
		if !names[who.Username] {
			return false
		}
	}
	return len(got) == len(want)
}

func TestThePeopleOfADeadNodeLapse(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	dead := redis.NewSeats(connect(t, server.URL()), redis.SeatOptions{Lease: lease})
	other := redis.NewSeats(connect(t, server.URL()), redis.SeatOptions{})
	if _, err := dead.Share(t.Context(), den, seats(1, "ann")); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Share(t.Context(), den, seats(1, "bob")); err != nil || got.Number != 1 {
		t.Fatalf("before the lapse: got %+v, %v, want ann", got, err)
	}
	eventually(t, "the lapse", func() bool {
		got, err := other.Share(t.Context(), den, seats(1, "bob"))
		return err == nil && got.Number == 0
	})
}

func TestWhatANewerVersionSaysOfARoomIsLeftOut(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	node := redis.NewSeats(connect(t, server.URL()), redis.SeatOptions{})
	if _, err := node.Share(t.Context(), den, seats(1, "ann")); err != nil {
		t.Fatal(err)
	}
	key := ""
	for tag := range 16 {
		name := fmt.Sprintf("partychat:{%d}:seats:%d", tag, den)
		if reply, err := server.Do(t.Context(), "EXISTS", name); err == nil && reply == "1" {
			key = name
		}
	}
	for field, says := range map[string]string{"x": "99999999999999 [3]", "y": "soon {}", "z": "", "w": "99999999999999 {\"number\":-4}"} {
		if _, err := server.Do(t.Context(), "HSET", key, field, says); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := node.Share(t.Context(), den, seats(1, "ann")); err != nil || got.Number != 0 || len(got.People) != 0 {
		t.Errorf("got %+v, %v, want nobody", got, err)
	}
}

func TestAGuestsNameIsOnePersonsOnAllNodes(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			server := realserver.RedisServer(t, kind.options)
			a, b := redis.NewNames(connect(t, server.URL()), redis.NameOptions{}), redis.NewNames(connect(t, server.URL()), redis.NameOptions{})
			claim := func(n *redis.Names, from string, want chat.UserID, code chat.Code) {
				t.Helper()
				got, err := n.Claim(t.Context(), "ann", from)
				if got != want || chat.CodeOf(err) != code {
					t.Errorf("claim from %q: got %d, %v, want %d, %q", from, got, err, want, code)
				}
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			claim(a, "here", 0, "") // nobody has it: the node creates the guest
			if _, err := b.Claim(t.Context(), "ann", "here"); !errors.Is(err, chat.ErrNameInMaking) {
				t.Errorf("while another node creates the guest: got %v, want ErrNameInMaking", err)
			}
			must(a.Release(t.Context(), "ann")) // it could not
			claim(b, "here", 0, "")
			must(b.Hold(t.Context(), []chat.GuestName{{Name: "ann", User: 5, From: "here"}}))
			claim(a, "here", 5, "") // another tab
			claim(a, "elsewhere", 5, chat.CodeTaken)
			claim(a, "", 5, chat.CodeTaken)
			must(b.Release(t.Context(), "ann"))
			claim(b, "elsewhere", 5, chat.CodeTaken) // the tab is there still
			must(a.Release(t.Context(), "ann"))
			claim(b, "elsewhere", 5, "") // the next one who gives the name
			claim(a, "here", 5, chat.CodeTaken)
			must(b.Forget(t.Context(), "ann"))
			claim(a, "here", 0, "")

			many := make([]chat.GuestName, 2000)
			for i := range many {
				many[i] = chat.GuestName{Name: fmt.Sprintf("guest %d", i), User: chat.UserID(i + 1), From: "here"}
			}
			must(a.Hold(t.Context(), many))
			for _, name := range many[:20] {
				if got, err := b.Claim(t.Context(), name.Name, "here"); got != name.User || err != nil {
					t.Errorf("%s: got %d, %v, want %d", name.Name, got, err, name.User)
				}
			}
		})
	}
}

func TestTheNamesOfADeadNodeAreFree(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	dead := redis.NewNames(connect(t, server.URL()), redis.NameOptions{Lease: lease})
	other := redis.NewNames(connect(t, server.URL()), redis.NameOptions{})
	if err := dead.Hold(t.Context(), []chat.GuestName{{Name: "ann", User: 5, From: "here"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Claim(t.Context(), "ann", "elsewhere"); chat.CodeOf(err) != chat.CodeTaken {
		t.Fatalf("before the lapse: got %v, want taken", err)
	}
	eventually(t, "the lapse", func() bool {
		got, err := other.Claim(t.Context(), "ann", "elsewhere")
		return err == nil && got == 5
	})
}

func TestNodesCountTogether(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	a, b := redis.NewCounter(connect(t, server.URL()), "clicks"), redis.NewCounter(connect(t, server.URL()), "clicks")
	add := func(c *redis.Counter, n, floor, want int64) {
		t.Helper()
		if got, err := c.Add(t.Context(), n, floor); got != want || err != nil {
			t.Errorf("Add(%d, %d): got %d, %v, want %d", n, floor, got, err, want)
		}
	}
	add(a, 2, 0, 2)
	add(b, 3, 0, 5)
	add(a, 0, 2, 5)
	if _, err := server.Do(t.Context(), "FLUSHALL"); err != nil {
		t.Fatal(err)
	}
	add(b, 1, 5, 6) // Redis has lost the count, the nodes have not
	add(a, 0, 5, 6)
}
