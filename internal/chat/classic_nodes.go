package chat

import (
	"context"
	"errors"
)

// Seats are the people in a room as the classic events show them: those whose pages
// look at it.
type Seats struct {
	// People are at most as many as nodes tell each other, each once.
	People []Author
	// Number counts those who are not in People, too.
	Number int
}

// SeatLeases tells nodes of each other's Seats. What a node has said lapses unless
// the node repeats it in time, so that nobody stays in a room on a node that has
// died. Nothing is stored permanently.
type SeatLeases interface {
	// Share replaces what this node says of a room, and returns what all other nodes
	// say. Call it periodically for rooms with pages, and after SeatsChanged. Errors:
	// CodeUnavailable; the call may have had an effect.
	Share(ctx context.Context, room RoomID, here Seats) (elsewhere Seats, err error)
}

// SeatsChanged tells the nodes whose pages look at a room that another node's Seats
// have changed there.
type SeatsChanged struct {
	Room RoomID
	By   string // the process that has changed them
}

// Topic is the room.
func (e SeatsChanged) Topic() Topic { return Topic{Room: e.Room} }

// GuestName is the name of a guest who entered with nothing but a name.
type GuestName struct {
	Name string // folded
	User UserID
	From string // the network that the guest's sockets come from; "" shares the name with nobody
}

// NameLeases tells nodes which guests use which names. A node's use of a name lapses
// unless the node repeats it in time. Names that nobody uses are remembered for a day,
// so that guests can continue; nothing is stored permanently. All methods fail with
// CodeUnavailable while the other nodes cannot be asked.
type NameLeases interface {
	// Claim makes this node a user of the name for a client from that network, and
	// returns the guest. It returns 0 if there is none: the caller then creates the
	// guest and calls Hold, or Release. Until then, Claim fails with ErrNameInMaking on
	// other nodes, for a few seconds at most. Errors: CodeTaken, together with the
	// guest, while another node uses the name for another network.
	Claim(ctx context.Context, name, from string) (UserID, error)
	// Hold says, also repeatedly, that this node uses the names.
	Hold(ctx context.Context, names []GuestName) error
	// Release ends this node's use of the name.
	Release(ctx context.Context, name string) error
	// Forget removes a name whose guest no longer exists.
	Forget(ctx context.Context, name string) error
}

// ErrNameInMaking is the error of NameLeases.Claim while another node creates the guest
// of that name.
var ErrNameInMaking = errors.New("another node is creating the guest of this name")

// Counter is a number that all nodes add to.
type Counter interface {
	// Add adds n, which may be 0, and returns the sum. A counter that has lost its
	// value continues from the floor. Errors: CodeUnavailable; nothing is added then,
	// as far as is known.
	Add(ctx context.Context, n, floor int64) (sum int64, err error)
}

// RoomOffered tells a user's pages that somebody invites the user into a room by the
// classic events.
type RoomOffered struct {
	User     UserID
	By       Author
	Username string // of the user
	Room     string
	URL      string
}

// Topic is the user.
func (e RoomOffered) Topic() Topic { return Topic{User: e.User} }

// ObjectSent precedes the message that a page sends as an object, so that pages on
// other nodes receive members of it that the server does not know.
type ObjectSent struct {
	Room     RoomID
	ClientID string   // of the message
	Object   string   // as JSON
	Keep     []string // its members that stay as they are
	By       string   // the process
}

// Topic is the room.
func (e ObjectSent) Topic() Topic { return Topic{Room: e.Room} }
