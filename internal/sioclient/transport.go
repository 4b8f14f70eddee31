package sioclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

const path = "/socket.io/?transport="

// webSocket is the transport "websocket".
type webSocket struct {
	conn net.Conn
	mu   sync.Mutex // one writer at a time
}

func openWebSocket(base, query string, header http.Header) (*webSocket, error) {
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP(header)}
	conn, early, _, err := dialer.Dial(context.Background(), strings.Replace(base, "http", "ws", 1)+path+"websocket&"+query)
	if err != nil {
		return nil, err
	}
	t := &webSocket{conn: conn}
	if early != nil { // the server has written behind its handshake already
		t.conn = &earlyConn{Conn: conn, reader: io.MultiReader(early, conn)}
	}
	packets, err := t.receive()
	if err == nil && !strings.HasPrefix(packets[0], "0{") {
		err = fmt.Errorf("sioclient: handshake is %q", packets[0])
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// earlyConn reads first what was buffered during the handshake.
type earlyConn struct {
	net.Conn
	reader io.Reader
}

func (c *earlyConn) Read(b []byte) (int, error) { return c.reader.Read(b) }

func (t *webSocket) send(packet string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return wsutil.WriteClientText(t.conn, []byte(packet))
}

func (t *webSocket) receive() ([]string, error) {
	data, err := wsutil.ReadServerText(t.conn)
	return []string{string(data)}, err
}

func (t *webSocket) close() { _ = t.conn.Close() }

// errFarewell is the end of a session by a close packet.
var errFarewell = errors.New("sioclient: the server has closed the session")

// polling is the transport "polling".
type polling struct {
	url    string
	header http.Header
	client *http.Client
	ctx    context.Context // ends with close, and the pending poll with it
	cancel context.CancelFunc
}

func openPolling(base, query string, header http.Header, anew bool) (*polling, error) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &polling{url: base + path + "polling&" + query, header: header, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: anew}}, ctx: ctx, cancel: cancel}
	packets, err := t.receive()
	var handshake struct{ SID string }
	if err == nil {
		err = json.Unmarshal([]byte(strings.TrimPrefix(packets[0], "0")), &handshake)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	t.url += "&sid=" + handshake.SID
	return t, nil
}

func (t *polling) send(packet string) error {
	_, err := t.do(http.MethodPost, strings.NewReader(packet))
	return err
}

func (t *polling) receive() ([]string, error) {
	body, err := t.do(http.MethodGet, nil)
	if err != nil {
		return nil, err
	}
	packets := strings.Split(body, "\x1e")
	if packets[len(packets)-1] == "1" {
		return nil, errFarewell // it comes alone
	}
	return packets, nil
}

func (t *polling) do(method string, body io.Reader) (string, error) {
	request, err := http.NewRequestWithContext(t.ctx, method, t.url, body)
	if err != nil {
		return "", err
	}
	for name, values := range t.header {
		request.Header[name] = values
	}
	response, err := t.client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("sioclient: %s: %s %s", method, response.Status, text)
	}
	return string(text), err
}

func (t *polling) close() {
	t.cancel()
	t.client.CloseIdleConnections()
}
