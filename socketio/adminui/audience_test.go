package adminui

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"partychat/socketio"
)

// spy counts the events sent to pages, and simulates other processes.
type spy struct {
	socketio.Adapter
	sent  *atomic.Int32
	pages []socketio.SocketDetails // of other processes
	err   error
}

func (s *spy) Broadcast(sel socketio.Selection, p *socketio.Packet) {
	s.sent.Add(1)
	s.Adapter.Broadcast(sel, p)
}

func (s *spy) FetchSockets(context.Context, socketio.Selection) ([]socketio.SocketDetails, error) {
	return s.pages, s.err
}
func (s *spy) JoinSockets(socketio.Selection, []string) error     { return nil }
func (s *spy) LeaveSockets(socketio.Selection, []string) error    { return nil }
func (s *spy) DisconnectSockets(socketio.Selection, bool) error   { return nil }
func (s *spy) ServerSideEmit(event string, _ socketio.Args) error { return nil }
func (s *spy) ServerSideEmitWithAck(context.Context, string, socketio.Args) ([]socketio.Arg, error) {
	return nil, nil
}

// instrumented is a server with an admin namespace that reports statistics only on demand.
func instrumented(t *testing.T, opts socketio.Options) (*socketio.Server, *Admin, string) {
	t.Helper()
	server := socketio.NewServer(opts)
	web := httptest.NewServer(server)
	admin, err := Instrument(server, Options{NoAuth: true, Interval: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_ = server.Shutdown(ctx) // its clients do not answer
		web.Close()
	})
	return server, admin, strings.Replace(web.URL, "http", "ws", 1)
}

// join connects to a namespace. It returns the server's reply, a function that sends a packet, and one
// that reads packets until one contains the text.
func join(t *testing.T, url, namespace string) (reply string, send func(string), await func(text string) string) {
	t.Helper()
	conn, early, _, err := ws.Dial(context.Background(), url+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Fatal(err)
	}
	var reader io.Reader = conn
	if early != nil { // the server has already written after its handshake
		reader = io.MultiReader(early, conn)
	}
	stream := struct {
		io.Reader
		io.Writer
	}{reader, conn}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	send = func(packet string) {
		t.Helper()
		if err := wsutil.WriteClientText(conn, []byte(packet)); err != nil {
			t.Fatal(err)
		}
	}
	await = func(text string) string {
		t.Helper()
		for {
			got, err := wsutil.ReadServerText(stream)
			if err != nil {
				t.Fatalf("waiting for %s: %v", text, err)
			}
			if strings.Contains(string(got), text) {
				return string(got)
			}
		}
	}
	await(`"upgrades"`)
	send("40" + strings.TrimPrefix(namespace+",", "/,"))
	return await(`{"sid"`), send, await
}

func TestNothingIsReportedWhileNoPageIsConnected(t *testing.T) {
	var sent atomic.Int32
	server, admin, url := instrumented(t, socketio.Options{NewAdapter: func(n *socketio.Namespace) socketio.Adapter {
		memory := socketio.NewMemoryAdapter(n)
		if n.Name() != "/admin" {
			return memory
		}
		return &spy{Adapter: memory, sent: &sent}
	}})
	socketio.On(server.Of("/"), "shout", func(_ context.Context, s *socketio.Socket, text string) {
		s.Join(text)
		if err := server.Of("/").Emit("heard", text); err != nil {
			t.Error(err)
		}
	})
	_, send, await := join(t, url, "/")
	send(`42["shout","hello"]`)
	await(`"heard"`)
	if n := sent.Load(); n != 0 || admin.audience.look(t.Context()) {
		t.Errorf("got %d reports before there was a page", n)
	}
	_, _, heard := join(t, url, "/admin")
	heard(`"all_sockets"`)
	send(`42["shout","again"]`)
	for _, report := range []string{`["event_received","/"`, `["room_joined","/","again"`, `["event_sent","/"`} {
		heard(report)
	}
	if sent.Load() == 0 || !admin.audience.look(t.Context()) {
		t.Error("the page is not counted")
	}
}

func TestPagesOfOtherProcessesAreNoticed(t *testing.T) {
	other := &spy{sent: new(atomic.Int32)}
	server, admin, _ := instrumented(t, socketio.Options{NewAdapter: func(n *socketio.Namespace) socketio.Adapter {
		if n.Name() != "/admin" {
			return socketio.NewMemoryAdapter(n)
		}
		other.Adapter = socketio.NewMemoryAdapter(n)
		return other
	}})
	wantPresent := func(why string, want bool) {
		t.Helper()
		if got := admin.audience.look(t.Context()); got != want || admin.audience.present() != want {
			t.Errorf("%s: got %t, want %t", why, got, want)
		}
		admin.audience.elsewhere.Store(0)
	}
	wantPresent("nobody", false)
	other.pages = []socketio.SocketDetails{{ID: "x"}}
	wantPresent("a page that another process knows", true)
	other.pages, other.err = nil, errors.New("no answer")
	wantPresent("a process that does not answer", true)
	other.err = nil
	server.Of("/admin").Node().ServerSideEvent(pageEvent, nil, nil)
	wantPresent("a page that has just connected elsewhere", true)
	wantPresent("nobody any more", false)
}

func TestReportsAreNotKeptForRecovery(t *testing.T) {
	server, _, url := instrumented(t, socketio.Options{Recovery: socketio.Recovery{MaxDuration: time.Minute}})
	reply, _, heard := join(t, url, "/admin")
	if strings.Contains(reply, `"pid"`) {
		t.Errorf("the page can come back as the same socket: %s", reply)
	}
	heard(`"all_sockets"`)
	if reply, _, _ := join(t, url, "/"); !strings.Contains(reply, `"pid"`) {
		t.Errorf("other namespaces are without recovery: %s", reply)
	}
	if got := heard(`["socket_connected"`); !strings.HasSuffix(got, `Z"]`) {
		t.Errorf("got %s, want the time as the last argument and no offset", got)
	}
	if n := len(server.Of("/admin").Sockets()); n != 1 {
		t.Errorf("got %d pages", n)
	}
}
