package engineio

import (
	"bufio"
	"net"
	"net/http"
	"testing"
	"time"
)

// rawClient is a TCP connection on which a test writes raw bytes.
type rawClient struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

// raw connects and sends.
func (h *host) raw(text string) *rawClient {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		h.t.Fatal(err)
	}
	c := &rawClient{Conn: conn, t: h.t, r: bufio.NewReader(conn)}
	c.write(text)
	return c
}

func (c *rawClient) write(text string) {
	c.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// status reads a response's status and headers.
func (c *rawClient) status() int {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode
}

const upgradeHeader = " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
