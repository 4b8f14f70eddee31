package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// poller is a client that uses long polling. It has its own connections, as a
// browser would.
type poller struct {
	transport *http.Transport
	url       string
}

// dialPolling connects like the official client: it starts with polling and, once
// it has joined the namespace, upgrades to WebSocket while a poll is pending.
func dialPolling(ctx context.Context, address string, namespace exchange) (*upgrade, error) {
	p := &poller{
		transport: &http.Transport{DisableCompression: true},
		url:       "http://" + address + path + "?EIO=4&transport=polling",
	}
	defer p.transport.CloseIdleConnections()
	sid, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	p.url += "&sid=" + sid
	if err := p.join(ctx, namespace); err != nil {
		return nil, err
	}
	return p.upgrade(ctx, address, sid)
}

func (p *poller) open(ctx context.Context) (sid string, err error) {
	text, err := p.get(ctx)
	if err != nil {
		return "", err
	}
	handshake, ok := strings.CutPrefix(text, "0")
	var open struct {
		SID string `json:"sid"`
	}
	if !ok || json.Unmarshal([]byte(handshake), &open) != nil || open.SID == "" {
		return "", fmt.Errorf("load: no handshake: %.100q", text)
	}
	return open.SID, nil
}

func (p *poller) join(ctx context.Context, namespace exchange) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, strings.NewReader(namespace.say))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	response, err := p.transport.RoundTrip(request)
	if err != nil {
		return err
	}
	if _, err := body(response); err != nil {
		return err
	}
	text, err := p.get(ctx)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(text, namespace.hear) {
		return fmt.Errorf("load: namespace not joined: %.100q", text)
	}
	return nil
}

// upgrade moves the session to WebSocket. The server answers the pending poll when
// it has received the probe.
func (p *poller) upgrade(ctx context.Context, address, sid string) (*upgrade, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	polled := make(chan answer, 1)
	go func() {
		text, err := p.get(ctx)
		polled <- answer{text, err}
	}()
	u, err := openWebSocket(ctx, address, sid)
	if err != nil {
		return nil, err
	}
	if err := u.probe(); err != nil {
		u.conn.Close()
		return nil, err
	}
	last := <-polled
	if last.err == nil && last.text != "6" {
		last.err = fmt.Errorf("load: pending poll answered with %.100q, want a noop", last.text)
	}
	if last.err == nil {
		last.err = u.write("5")
	}
	if last.err != nil {
		u.conn.Close()
		return nil, last.err
	}
	return u, nil
}

func (u *upgrade) probe() error {
	if err := u.write("2probe"); err != nil {
		return err
	}
	return u.expect("3probe")
}

func (p *poller) get(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := p.transport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	return body(response)
}
