package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// The transports with which clients connect.
const (
	WebSocket = "websocket"
	Polling   = "polling" // upgraded to WebSocket immediately, as browsers do
)

// dialTimeout limits how long a client may take to join its room.
const dialTimeout = 30 * time.Second

const path = "/socket.io/"

// upgrade is a WebSocket during its setup, with blocking calls.
type upgrade struct {
	conn net.Conn
	br   *bufio.Reader
	out  []byte
}

// exchange is a packet to send, if say isn't empty, and the prefix of the answer to
// wait for. If take isn't nil, it gets the answer.
type exchange struct {
	say, hear string
	take      func(packet string) error
}

// dial connects a client to a server and performs the exchanges; the first one
// joins the namespace "/". When it returns, it has read everything that the server
// has sent.
func dial(ctx context.Context, address, transport string, opening []exchange) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var u *upgrade
	var err error
	if transport == Polling {
		u, err = dialPolling(ctx, address, opening[0])
		opening = opening[1:]
	} else {
		u, err = dialWebSocket(ctx, address)
	}
	if err != nil {
		return nil, err
	}
	if err := u.hold(opening); err != nil {
		u.conn.Close()
		return nil, err
	}
	return u.conn, u.conn.SetDeadline(time.Time{})
}

func dialWebSocket(ctx context.Context, address string) (*upgrade, error) {
	u, err := openWebSocket(ctx, address, "")
	if err != nil {
		return nil, err
	}
	if err := u.expect("0{"); err != nil {
		u.conn.Close()
		return nil, err
	}
	return u, nil
}

// openWebSocket opens a WebSocket for the given session, or for a new one if sid is
// empty.
func openWebSocket(ctx context.Context, address, sid string) (*upgrade, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			conn.Close()
			return nil, err
		}
	}
	query := "?EIO=4&transport=websocket"
	if sid != "" {
		query += "&sid=" + sid
	}
	u := &upgrade{conn: conn, br: bufio.NewReaderSize(conn, 1024)}
	if err := u.handshake(address, query); err != nil {
		conn.Close()
		return nil, err
	}
	return u, nil
}

func (u *upgrade) handshake(address, query string) error {
	_, err := fmt.Fprintf(u.conn, "GET %s%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path, query, address)
	if err != nil {
		return err
	}
	response, err := http.ReadResponse(u.br, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("load: WebSocket refused: %s", response.Status)
	}
	return nil
}

// hold performs the exchanges in order.
func (u *upgrade) hold(exchanges []exchange) error {
	for _, e := range exchanges {
		if e.say != "" {
			if err := u.write(e.say); err != nil {
				return err
			}
		}
		packet, err := u.receive(e.hear)
		if err == nil && e.take != nil {
			err = e.take(packet)
		}
		if err != nil {
			return err
		}
	}
	if u.br.Buffered() > 0 {
		return errors.New("load: server sent something before the first request")
	}
	return nil
}

func (u *upgrade) write(text string) error {
	u.out = appendFrame(u.out[:0], ws.OpText, []byte(text))
	_, err := u.conn.Write(u.out)
	return err
}

// expect is receive for packets whose content does not matter.
func (u *upgrade) expect(prefix string) error {
	_, err := u.receive(prefix)
	return err
}

// receive reads the next packet, which must begin with prefix. It answers heartbeats
// before it.
func (u *upgrade) receive(prefix string) (packet string, err error) {
	for {
		op, payload, err := u.read()
		if err != nil {
			return "", err
		}
		text := string(payload)
		switch {
		case op == ws.OpClose:
			return "", closeError(payload)
		case text == "2":
			if err := u.write("3"); err != nil {
				return "", err
			}
		case strings.HasPrefix(text, prefix):
			return text, nil
		default:
			return "", fmt.Errorf("load: server sent %.100q, want %q", text, prefix)
		}
	}
}

func (u *upgrade) read() (ws.OpCode, []byte, error) {
	header, err := ws.ReadHeader(u.br)
	if err != nil {
		return 0, nil, err
	}
	if header.Length > maxPayload {
		return 0, nil, errTooLarge
	}
	payload := make([]byte, header.Length)
	_, err = io.ReadFull(u.br, payload)
	return header.OpCode, payload, err
}

// body reads the body of a successful response.
func body(response *http.Response) (string, error) {
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPayload))
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("load: %s: %.200s", response.Status, text)
	}
	return string(text), nil
}
