package redis

import (
	"context"
	_ "embed" // the script
	"encoding/json"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

var (
	//go:embed lua/seats_share.lua
	shareSource string
	shareScript = rueidis.NewLuaScript(shareSource)
)

// SeatOptions configure NewSeats.
type SeatOptions struct {
	// Lease is the maximum time for which the people of a dead node stay in a room
	// after its last Share; default 30 seconds. Call Share every third of it. A node
	// counts as dead after two thirds, so that the others, which look when they call
	// Share, notice it within the lease.
	Lease time.Duration
}

// Seats implements chat.SeatLeases for nodes that share a Redis. Each room is a hash
// with what each node says, and until when, by the clock of Redis. A hash expires with
// the last lease in it.
type Seats struct {
	client *Client
	lease  string // in milliseconds
}

var _ chat.SeatLeases = (*Seats)(nil)

// NewSeats returns leases for this node; it holds none yet.
func NewSeats(client *Client, options SeatOptions) *Seats {
	if options.Lease <= 0 {
		options.Lease = defaultLease
	}
	return &Seats{client: client, lease: milliseconds(options.Lease * 2 / 3)}
}

// Share is specified by chat.SeatLeases.
func (s *Seats) Share(ctx context.Context, room chat.RoomID, here chat.Seats) (elsewhere chat.Seats, err error) {
	says := ""
	if here.Number > 0 {
		record := seats{Number: here.Number}
		for _, who := range here.People {
			record.People = append(record.People, author(who))
		}
		encoded, err := json.Marshal(record)
		if err != nil {
			return chat.Seats{}, err
		}
		says = string(encoded)
	}
	name := "seats:" + strconv.FormatInt(int64(room), 10)
	key := tag(keyPrefix, groupOf(name)) + name
	reply, err := s.client.run(ctx, shareScript, []string{key}, []string{s.client.node, s.lease, says})
	if err != nil {
		return chat.Seats{}, err
	}
	others, err := reply.AsStrSlice()
	if err != nil {
		return chat.Seats{}, unavailable(err)
	}
	return s.sum(others), nil
}

// sum adds up what other nodes say of a room. A person who is on several nodes counts
// once.
func (s *Seats) sum(others []string) (all chat.Seats) {
	listed := make(map[chat.UserID]struct{})
	for _, says := range others {
		var record seats
		if err := json.Unmarshal([]byte(says), &record); err != nil {
			s.client.log.Warn("cannot decode the people in a room on another node", "error", err)
			continue
		}
		all.Number += max(0, record.Number-len(record.People)) // those who are not listed
		for _, who := range record.People {
			if _, twice := listed[who.ID]; !twice {
				listed[who.ID] = struct{}{}
				all.People = append(all.People, chat.Author(who))
			}
		}
	}
	all.Number += len(all.People)
	return all
}

// seats is a chat.Seats in JSON.
type seats struct {
	People []author `json:"people,omitempty"`
	Number int      `json:"number"`
}
