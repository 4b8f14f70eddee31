package main

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// gorilla is github.com/gorilla/websocket with prepared messages and pooled
// buffers.
type gorilla struct {
	server   *server
	upgrader websocket.Upgrader
}

func newGorilla(s *server) acceptor {
	return &gorilla{s, websocket.Upgrader{
		ReadBufferSize: readBuffer, WriteBufferSize: readBuffer, WriteBufferPool: &sync.Pool{},
	}}
}

func (g *gorilla) accept(w http.ResponseWriter, r *http.Request) error {
	ws, err := g.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return err
	}
	go g.read(&gorillaConn{ws: ws})
	return nil
}

func (g *gorilla) read(c *gorillaConn) {
	defer c.ws.Close()
	g.server.open(c)
	defer g.server.drop(c)
	for {
		_, packet, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		g.server.receive(c, packet)
	}
}

func (g *gorilla) prepare(text []byte) (any, func()) {
	m, _ := websocket.NewPreparedMessage(websocket.TextMessage, text) // fails only for other types
	return m, func() {}
}

type gorillaConn struct {
	ws *websocket.Conn
	mu sync.Mutex // the library requires that only one goroutine writes at a time
}

func (c *gorillaConn) write(text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.WriteMessage(websocket.TextMessage, text)
}

func (c *gorillaConn) send(m any) {
	prepared, _ := m.(*websocket.PreparedMessage)
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.WritePreparedMessage(prepared)
}
