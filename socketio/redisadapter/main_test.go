package redisadapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/redis/rueidis"
	"go.uber.org/goleak"

	"partychat/internal/realserver"
	"partychat/socketio"
	"partychat/socketio/redisadapter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for an event that must come.
const patience = time.Minute

// enough is a timeout that is long enough for those who answer, even on a slow machine.
const enough = 3 * time.Second

// logged keeps the log of a link.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}

// node is a server with its link.
type node struct {
	*socketio.Server
	link *redisadapter.Link
	url  string
	log  *logged
}

// connect creates a Redis client that is closed with the test.
func connect(t *testing.T, r *realserver.Redis) rueidis.Client {
	t.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{r.Address()}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// newNode starts a server whose sockets join "room", and waits until it receives from others.
func newNode(t *testing.T, r *realserver.Redis, opts socketio.Options, link redisadapter.Options) *node {
	t.Helper()
	n := &node{log: &logged{}}
	link.Logger = slog.New(slog.NewTextHandler(io.MultiWriter(n.log, t.Output()), nil))
	n.link = redisadapter.New(connect(t, r), link)
	opts.NewAdapter = n.link.Adapter
	n.Server = socketio.NewServer(opts)
	n.OnConnect(func(s *socketio.Socket) {
		s.SetData(map[string]string{"name": "ann"})
		s.Join("room")
		_ = s.Emit("ready")
	})
	web := httptest.NewServer(n.Server)
	n.url = web.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_ = n.Shutdown(ctx) // tests may leave connections that do not answer
		web.CloseClientConnections()
		web.Close()
		n.link.Close()
	})
	n.ready(t)
	return n
}

func (n *node) ready(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := n.link.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

// pair starts two servers, each with a client in "room".
func pair(t *testing.T, opts socketio.Options, link redisadapter.Options) (r *realserver.Redis, nodes []*node, clients []*client) {
	t.Helper()
	r = realserver.RedisServer(t, realserver.RedisOptions{})
	for range 2 {
		n := newNode(t, r, opts, link)
		nodes = append(nodes, n)
		clients = append(clients, dial(t, n.url, "/"))
	}
	return r, nodes, clients
}

// client sends and receives raw packets.
type client struct {
	t  *testing.T
	id string
	io.ReadWriteCloser
}

// dial joins a namespace and waits for the event "ready".
func dial(t *testing.T, url, namespace string) *client {
	t.Helper()
	conn, early, _, err := ws.Dial(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(2 * patience)); err != nil {
		t.Fatal(err)
	}
	var in io.Reader = conn
	if early != nil {
		in = early
	}
	c := &client{t: t, ReadWriteCloser: struct {
		io.Reader
		io.Writer
		io.Closer
	}{in, conn, conn}}
	t.Cleanup(func() { _ = conn.Close() })
	c.message()
	prefix := ""
	if namespace != "/" {
		prefix = namespace + ","
	}
	c.send("0" + prefix)
	var open struct{ SID string }
	if text := strings.TrimPrefix(c.read(), "0"+prefix); json.Unmarshal([]byte(text), &open) != nil {
		t.Fatalf("joining %s: got %s", namespace, text)
	}
	c.id = open.SID
	if got := c.read(); !strings.HasPrefix(got, "2"+prefix+`["ready"`) {
		t.Fatalf("got %s, want that the socket is ready", got)
	}
	return c
}

// message returns the next message, binary after "b:".
func (c *client) message() string {
	c.t.Helper()
	for {
		data, op, err := wsutil.ReadServerData(c)
		switch {
		case err != nil:
			c.t.Fatal(err)
		case op == ws.OpBinary:
			return "b:" + string(data)
		case string(data) == "2":
			c.write("3")
		default:
			return string(data)
		}
	}
}

// read returns the next Socket.IO packet or attachment.
func (c *client) read() string { c.t.Helper(); return strings.TrimPrefix(c.message(), "4") }

func (c *client) send(packet string) { c.t.Helper(); c.write("4" + packet) }

func (c *client) write(text string) {
	c.t.Helper()
	if err := wsutil.WriteClientText(c, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// want reads packets and compares them.
func (c *client) want(packets ...string) {
	c.t.Helper()
	for _, want := range packets {
		if got := c.read(); got != want {
			c.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func wantEqual[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
