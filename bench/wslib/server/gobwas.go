package main

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"github.com/gobwas/ws"
)

// gobwas is github.com/gobwas/ws, which provides frames only; everything else is
// our code.
type gobwas struct{ server *server }

func newGobwas(s *server) acceptor { return gobwas{s} }

func (g gobwas) accept(w http.ResponseWriter, r *http.Request) error {
	nc, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		return err
	}
	go g.read(&gobwasConn{nc})
	return nil
}

func (g gobwas) read(c *gobwasConn) {
	defer c.Close()
	g.server.open(c)
	defer g.server.drop(c)
	r := bufio.NewReaderSize(c, readBuffer)
	var packet []byte
	for {
		h, err := ws.ReadHeader(r)
		if err != nil || h.OpCode == ws.OpClose {
			return
		}
		packet = append(packet[:0], make([]byte, h.Length)...)
		if _, err := io.ReadFull(r, packet); err != nil {
			return
		}
		ws.Cipher(packet, h.Mask, 0)
		g.server.receive(c, packet)
	}
}

func (g gobwas) prepare(text []byte) (any, func()) { return frame(text), func() {} }

func frame(text []byte) []byte { return ws.MustCompileFrame(ws.NewTextFrame(text)) }

type gobwasConn struct{ net.Conn }

func (c *gobwasConn) write(text []byte) { c.send(frame(text)) }

func (c *gobwasConn) send(m any) {
	data, _ := m.([]byte)
	_, _ = c.Write(data)
}
