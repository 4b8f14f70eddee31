package main

import (
	"net/http"

	"github.com/lxzan/gws"
)

// gwsLibrary is github.com/lxzan/gws with its broadcaster.
type gwsLibrary struct {
	gws.BuiltinEventHandler
	server   *server
	upgrader *gws.Upgrader
}

func newGWS(s *server) acceptor {
	g := &gwsLibrary{server: s}
	g.upgrader = gws.NewUpgrader(g, &gws.ServerOption{
		ReadBufferSize: readBuffer, ParallelGolimit: 1, CheckUtf8Enabled: true,
		NewSession: func() gws.SessionStorage { return nil }, // unused
	})
	return g
}

func (g *gwsLibrary) accept(w http.ResponseWriter, r *http.Request) error {
	ws, err := g.upgrader.Upgrade(w, r)
	if err != nil {
		return err
	}
	g.server.open(gwsConn{ws})
	go ws.ReadLoop()
	return nil
}

// OnMessage implements gws.Event.
func (g *gwsLibrary) OnMessage(ws *gws.Conn, m *gws.Message) {
	g.server.receive(gwsConn{ws}, m.Bytes())
	m.Close()
}

// OnClose implements gws.Event.
func (g *gwsLibrary) OnClose(ws *gws.Conn, _ error) { g.server.drop(gwsConn{ws}) }

func (g *gwsLibrary) prepare(text []byte) (any, func()) {
	b := gws.NewBroadcaster(gws.OpcodeText, text)
	return b, func() { _ = b.Close() }
}

type gwsConn struct{ ws *gws.Conn }

func (c gwsConn) write(text []byte) { _ = c.ws.WriteMessage(gws.OpcodeText, text) }

func (c gwsConn) send(m any) {
	b, _ := m.(*gws.Broadcaster)
	_ = b.Broadcast(c.ws)
}
