package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
)

// dialers is the number of clients that connect concurrently.
const dialers = 64

// Crowd is a set of clients of one server, each in one room. It is not safe for
// concurrent use.
type Crowd struct {
	clients []client
	epoll   int
	timer   int
	events  []unix.EpollEvent
	buf     []byte
	out     []byte
	party   []Member
}

// client is one connection.
type client struct {
	fd   int
	room int
	node int
	rest []byte // the beginning of an incomplete frame
	out  []byte // bytes that the socket has not accepted yet
}

// Plan describes the clients to connect.
type Plan struct {
	Addresses []string // host:port of each node; a room's clients are distributed in turn
	Transport string   // WebSocket or Polling
	Clients   int
	Rooms     int // the clients are spread evenly over them
	// Party has the user of each client at a PartyChat server. Client i is in the
	// same room as all clients of the same number modulo Rooms. Without a party,
	// clients use the events of this benchmark.
	Party []Member
	// Returns, if there is one, makes the clients of a party connect as clients that
	// have been connected before.
	Returns *Returns
}

// node returns the number of the node that a client connects to.
func (p *Plan) node(client int) int { return client / p.Rooms % len(p.Addresses) }

// opening returns the exchanges by which a client joins its room.
func (p *Plan) opening(client int) []exchange {
	if p.Returns != nil {
		return p.Returns.opening(client, &p.Party[client])
	}
	if p.Party != nil {
		return p.Party[client].opening()
	}
	return []exchange{
		{say: "40", hear: "40{"},
		{say: `420["join","` + roomName(client%p.Rooms) + `"]`, hear: "430["},
	}
}

// Connect connects all clients, or fails.
func Connect(ctx context.Context, plan Plan) (*Crowd, error) {
	c := &Crowd{
		clients: make([]client, plan.Clients),
		events:  make([]unix.EpollEvent, 1024),
		buf:     make([]byte, readSize),
		epoll:   -1,
		timer:   -1,
		party:   plan.Party,
	}
	for i := range c.clients {
		c.clients[i] = client{fd: -1, room: i % plan.Rooms, node: plan.node(i)}
	}
	err := c.dialAll(ctx, plan)
	if err == nil {
		err = c.watch()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Crowd) dialAll(ctx context.Context, plan Plan) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan int)
	var workers sync.WaitGroup
	for range min(dialers, plan.Clients) {
		workers.Go(func() {
			for i := range todo {
				if err := c.clients[i].connect(ctx, &plan, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range c.clients {
		if ctx.Err() != nil {
			break
		}
		todo <- i
	}
	close(todo)
	workers.Wait()
	return context.Cause(ctx)
}

// connect connects the client and detaches its connection from the Go runtime.
func (cl *client) connect(ctx context.Context, plan *Plan, index int) error {
	conn, err := dial(ctx, plan.Addresses[plan.node(index)], plan.Transport, plan.opening(index))
	if err != nil {
		return err
	}
	defer conn.Close()
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return errors.New("load: not a TCP connection")
	}
	// Reset connections on close: the server is about to be stopped, and TIME_WAIT
	// would occupy the ports for a minute.
	if err := tcp.SetLinger(0); err != nil {
		return err
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var dupErr error
	err = raw.Control(func(fd uintptr) {
		cl.fd, dupErr = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	})
	return errors.Join(err, dupErr)
}

// watch registers all connections with epoll.
func (c *Crowd) watch() (err error) {
	if c.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if c.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC); err != nil {
		return err
	}
	if err := c.control(unix.EPOLL_CTL_ADD, c.timer, timerIndex, unix.EPOLLIN); err != nil {
		return err
	}
	for i := range c.clients {
		if err := c.control(unix.EPOLL_CTL_ADD, c.clients[i].fd, int32(i), unix.EPOLLIN); err != nil {
			return err
		}
	}
	return nil
}

// timerIndex is the index of the timer in epoll events; clients have their own
// index.
const timerIndex = -1

// control changes what epoll reports about a file, identified by its index.
func (c *Crowd) control(op, fd int, index int32, events uint32) error {
	return unix.EpollCtl(c.epoll, op, fd, &unix.EpollEvent{Events: events, Fd: index})
}

// Idle only answers heartbeats for a while. Any other packet is an error.
func (c *Crowd) Idle(ctx context.Context, d time.Duration) error {
	end := time.Now().Add(d)
	for left := d; left > 0; left = time.Until(end) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.poll(left, unexpected, nil); err != nil {
			return err
		}
	}
	return nil
}

func unexpected(_ int, packet []byte) error {
	return fmt.Errorf("load: server sent %.100q unexpectedly", packet)
}

// Close closes all connections.
func (c *Crowd) Close() {
	for i := range c.clients {
		closeFD(&c.clients[i].fd)
	}
	closeFD(&c.epoll)
	closeFD(&c.timer)
}

func closeFD(fd *int) {
	if *fd >= 0 {
		_ = unix.Close(*fd)
		*fd = -1
	}
}

// write sends a packet without blocking.
func (c *Crowd) write(index int, packet []byte) error {
	c.out = appendFrame(c.out[:0], ws.OpText, packet)
	return c.send(index, c.out)
}
