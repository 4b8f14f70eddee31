package engineio

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener for in-process connections, which follow the clock of synctest.
type pipes struct {
	conns chan net.Conn
	ended context.Context
	end   context.CancelFunc
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn)}
	p.ended, p.end = context.WithCancel(context.Background())
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.ended.Done():
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.end(); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.conns <- server
	return client, nil
}

func TestPollOutlastsTheTimeoutsOfTheHTTPServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{}, func(*Session, *http.Request) Receiver { return discard{} })
		listener := newPipes()
		web := &http.Server{Handler: server, ReadTimeout: time.Second, WriteTimeout: time.Second}
		served := make(chan error, 1)
		go func() { served <- web.Serve(listener) }()
		h := &host{Server: server, t: t, addr: "pipe", http: &http.Client{Transport: &http.Transport{DialContext: listener.dial, DisableKeepAlives: true}}}
		_, open, _ := h.do("GET", h.url(""), "")
		var shake handshake
		if err := json.Unmarshal([]byte(open[1:]), &shake); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if status, body := h.poll(shake.SID); status != 200 || body != "2" {
			t.Errorf("got %d %q, want 200 and the heartbeat", status, body)
		}
		if took := time.Since(began); took < 20*time.Second {
			t.Errorf("the poll took %v, want it to wait for the heartbeat", took)
		}
		if status, body := h.post(shake.SID, "3"); status != 200 {
			t.Errorf("got %d %q, want 200", status, body)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = server.Shutdown(ctx) // no client answers
		if err := web.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("got %v, want %v", err, http.ErrServerClosed)
		}
	})
}
