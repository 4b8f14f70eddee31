package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

const (
	path = "/socket.io/?EIO=4&transport="
	// separator separates the packets of a polling payload.
	separator = "\x1e"
	// patience limits the time of what a running server answers immediately: the
	// handshake, a POST, and a write.
	patience = 10 * time.Second
)

// transport carries Engine.IO packets. Send and receive may run concurrently.
type transport interface {
	send(packets []string) error
	// receive waits for packets, for as long as the heartbeats allow.
	receive() (packets []string, err error)
	close()
}

// heartbeat has the heartbeat parameters of the handshake, in milliseconds.
type heartbeat struct {
	SID          string
	PingInterval int
	PingTimeout  int
}

// silence returns how long nothing may arrive until the connection counts as lost.
func (h heartbeat) silence() time.Duration {
	return time.Duration(h.PingInterval+h.PingTimeout) * time.Millisecond
}

func parseHandshake(packet string) (h heartbeat, err error) {
	payload, ok := strings.CutPrefix(packet, "0")
	if !ok {
		return h, fmt.Errorf("unexpected handshake %q", packet)
	}
	return h, json.Unmarshal([]byte(payload), &h)
}

func openTransport(ctx context.Context, base string, polling bool) (transport, error) {
	if polling {
		return openPolling(ctx, base)
	}
	return openWebSocket(ctx, base)
}

// webSocket is the transport "websocket".
type webSocket struct {
	conn   net.Conn
	reader io.Reader
	heartbeat
}

func openWebSocket(ctx context.Context, base string) (*webSocket, error) {
	dialer := ws.Dialer{Timeout: patience}
	conn, early, _, err := dialer.Dial(ctx, strings.Replace(base, "http", "ws", 1)+path+"websocket")
	if err != nil {
		return nil, err
	}
	t := &webSocket{conn: conn, reader: conn, heartbeat: heartbeat{PingTimeout: int(patience.Milliseconds())}}
	if early != nil { // the server has sent data right after its response
		t.reader = io.MultiReader(early, conn)
	}
	packets, err := t.receive()
	if err == nil {
		t.heartbeat, err = parseHandshake(packets[0])
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *webSocket) send(packets []string) error {
	if err := t.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	for _, packet := range packets {
		if err := wsutil.WriteClientText(t.conn, []byte(packet)); err != nil {
			return err
		}
	}
	return nil
}

func (t *webSocket) receive() ([]string, error) {
	if err := t.conn.SetReadDeadline(time.Now().Add(t.silence())); err != nil {
		return nil, err
	}
	data, err := wsutil.ReadServerText(struct {
		io.Reader
		io.Writer
	}{t.reader, t.conn})
	return []string{string(data)}, err
}

func (t *webSocket) close() { _ = t.conn.Close() }

// polling is the transport "polling".
type polling struct {
	url    string
	http   *http.Client
	ctx    context.Context // close ends it and the pending poll
	cancel context.CancelFunc
	heartbeat
}

func openPolling(ctx context.Context, base string) (*polling, error) {
	ctx, cancel := context.WithCancel(ctx)
	t := &polling{
		url: base + path + "polling", http: &http.Client{Transport: &http.Transport{}}, ctx: ctx, cancel: cancel,
		heartbeat: heartbeat{PingTimeout: int(patience.Milliseconds())},
	}
	packets, err := t.receive() //nolint:contextcheck // the transport holds the context of its connection
	if err == nil {
		t.heartbeat, err = parseHandshake(packets[0])
	}
	if err != nil {
		t.close()
		return nil, err
	}
	t.url += "&sid=" + t.SID
	return t, nil
}

func (t *polling) send(packets []string) error {
	_, err := t.do(http.MethodPost, strings.NewReader(strings.Join(packets, separator)), patience)
	return err
}

func (t *polling) receive() ([]string, error) {
	body, err := t.do(http.MethodGet, nil, t.silence())
	if err != nil {
		return nil, err
	}
	return strings.Split(body, separator), nil
}

func (t *polling) do(method string, body io.Reader, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(t.ctx, limit)
	defer cancel()
	// net/http silently retries a request whose connection broke, so that the
	// answer to the first attempt may be lost. Browsers don't do this unnoticed.
	conns := 0
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { conns++ }})
	request, err := http.NewRequestWithContext(ctx, method, t.url, body)
	if err != nil {
		return "", err
	}
	response, err := t.http.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	switch {
	case err == nil && response.StatusCode != http.StatusOK:
		err = fmt.Errorf("%s: %s %s", method, response.Status, text)
	case err == nil && conns > 1:
		err = errors.New("the connection of a request was lost")
	}
	return string(text), err
}

func (t *polling) close() {
	t.cancel()
	t.http.CloseIdleConnections()
}
