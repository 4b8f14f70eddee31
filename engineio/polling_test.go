package engineio

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPollingCarriesPacketsBothWays(t *testing.T) {
	tests := []struct{ name, payload string }{
		{"one text packet", "4hello"},
		{"text beyond ASCII", "4héllo €😀"},
		{"packets posted together come back together", "4a\x1e4b\x1e4c"},
		{"text and binary", "4hello\x1ebAQIDBA=="},
		{"an empty message", "4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{}, echoing)
			sid, _ := h.open()
			if status, body := h.post(sid, tt.payload); status != 200 || body != "ok" {
				t.Fatalf("post: got %d %q", status, body)
			}
			status, body := h.poll(sid)
			if status != 200 {
				t.Errorf("poll: got %d, want 200", status)
			}
			wantText(t, body, tt.payload)
		})
	}
}

func TestPacketsPostedTogetherComeBackTogetherToAPendingPoll(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	sid, _ := h.open()
	answer := h.pollLater(sid)
	h.post(sid, "4a\x1e4b\x1e4c")
	wantText(t, receive(t, answer).body, "4a\x1e4b\x1e4c")
}

func TestBlockingReceiverDoesNotDelayPolls(t *testing.T) {
	h := newHost(t, Options{}, func(r *recorder) { r.hold = make(chan struct{}) })
	sid, r := h.open()
	answer := h.pollLater(sid)
	posted := make(chan int, 1)
	go func() {
		status, _ := h.post(sid, "4a\x1e4b")
		posted <- status
	}()
	h.waitFor("the receiver to block", func() bool { return r.session.busy.Load() })
	if err := r.session.Send(NewText([]byte("meanwhile"))); err != nil {
		t.Fatal(err)
	}
	wantText(t, receive(t, answer).body, "4meanwhile")
	close(r.hold)
	if got := receive(t, posted); got != 200 {
		t.Errorf("got %d, want 200", got)
	}
}

func TestPendingPollIsAnsweredBySend(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	answer := h.pollLater(sid)
	if err := r.session.Send(NewText([]byte("now"))); err != nil {
		t.Fatal(err)
	}
	wantText(t, receive(t, answer).body, "4now")
}

func TestBadPostsCloseTheSession(t *testing.T) {
	tests := []struct {
		name, body string
		reason     CloseReason
	}{
		{"an unknown packet type", "abc", ReasonParseError},
		{"an empty payload", "", ReasonParseError},
		{"an empty packet", "4a\x1e", ReasonParseError},
		{"binary that is not base64", "b%%%", ReasonParseError},
		{"text that is not UTF-8", "4\xff\xfe", ReasonParseError},
		{"a heartbeat in the wrong direction", "2", ReasonParseError},
		{"an open packet", "0{}", ReasonParseError},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{})
			sid, r := h.open()
			if status, _ := h.post(sid, tt.body); status != 400 {
				t.Errorf("post: got %d, want 400", status)
			}
			wantReason(t, r, tt.reason)
			if status, body := h.poll(sid); status != 400 {
				t.Errorf("poll: got %d %q, want 400", status, body)
			}
		})
	}
}

func TestPacketsBeforeABrokenOneTakeEffect(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	h.post(sid, "4first\x1e?")
	wantText(t, receive(t, r.messages), "first")
	wantReason(t, r, ReasonParseError)
}

func TestRawBinaryBodyIsRefused(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	if status, _, _ := h.do("POST", h.url(sid), "4x", "Content-Type", "application/octet-stream"); status != 400 {
		t.Errorf("got %d, want 400", status)
	}
	wantReason(t, r, ReasonTransportError)
}

func TestCompressedBodyIsNotInflated(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	bomb := "\x1f\x8b\x08" + strings.Repeat("\x00", 1000)
	if status, _, _ := h.do("POST", h.url(sid), bomb, "Content-Encoding", "gzip"); status != 400 {
		t.Errorf("got %d, want 400", status)
	}
	wantReason(t, r, ReasonParseError)
}

func TestPollResponseHasAtMostAsManyPacketsAsPythonAccepts(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	for i := range 33 {
		if err := r.session.Send(NewText([]byte{byte('A' + i)})); err != nil {
			t.Fatal(err)
		}
	}
	var got strings.Builder
	for _, want := range []int{16, 16, 1} {
		_, body := h.poll(sid)
		packets := strings.Split(body, "\x1e")
		if len(packets) != want {
			t.Errorf("got %d packets, want %d", len(packets), want)
		}
		got.WriteString(strings.ReplaceAll(strings.Join(packets, ""), "4", ""))
	}
	wantText(t, got.String(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`a")
}

func TestSecondPollGets400AndTheFirstAClosePacket(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	first := h.pollLater(sid)
	if status, body := h.poll(sid); status != 400 {
		t.Errorf("second poll: got %d %q, want 400", status, body)
	}
	if got := receive(t, first); got.status != 200 || got.body != "1" {
		t.Errorf("first poll: got %d %q, want 200 \"1\"", got.status, got.body)
	}
	wantReason(t, r, ReasonTransportError)
}

func TestSecondPostGets400(t *testing.T) {
	h := newHost(t, Options{}, func(r *recorder) { r.hold = make(chan struct{}) })
	sid, r := h.open()
	first := make(chan int, 1)
	go func() {
		status, _ := h.post(sid, "4a")
		first <- status
	}()
	h.waitFor("a post to be read", func() bool { return r.session.busy.Load() })
	if status, _ := h.post(sid, "4b"); status != 400 {
		t.Errorf("second post: got %d, want 400", status)
	}
	wantReason(t, r, ReasonTransportError)
	close(r.hold)
	receive(t, first)
}

func TestPollingCloses(t *testing.T) {
	t.Run("by the client, and a pending poll gets a noop", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		answer := h.pollLater(sid)
		if status, _ := h.post(sid, "1"); status != 200 {
			t.Errorf("post: got %d, want 200", status)
		}
		wantText(t, receive(t, answer).body, "6")
		wantReason(t, r, ReasonTransportClose)
		if status, _ := h.poll(sid); status != 400 {
			t.Errorf("poll: got %d, want 400", status)
		}
	})
	t.Run("by the client, and the poll that it sent at the same time gets a noop, once", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		if err := r.session.Send(NewText([]byte("unread"))); err != nil {
			t.Fatal(err)
		}
		if status, _ := h.post(sid, "1"); status != 200 {
			t.Errorf("post: got %d, want 200", status)
		}
		wantReason(t, r, ReasonTransportClose)
		if status, _ := h.post(sid, "4more"); status != 400 {
			t.Errorf("a post after the close: got %d, want 400", status)
		}
		if status, body := h.poll(sid); status != 200 || body != "6" {
			t.Errorf("poll: got %d %q, want 200 and a noop", status, body)
		}
		if status, _ := h.poll(sid); status != 400 {
			t.Errorf("a second poll: got %d, want 400", status)
		}
	})
	t.Run("by the server, and a pending poll gets what is queued", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		answer := h.pollLater(sid)
		r.session.Close(ReasonForcedClose)
		wantText(t, receive(t, answer).body, "1")
		wantReason(t, r, ReasonForcedClose)
	})
	t.Run("by the server, and the next poll is told", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		if err := r.session.Send(NewText([]byte("last"))); err != nil {
			t.Fatal(err)
		}
		r.session.Close(ReasonForcedClose)
		for _, want := range []string{"4last", "1"} {
			_, body := h.poll(sid)
			wantText(t, body, want)
		}
		if status, _ := h.poll(sid); status != 400 {
			t.Errorf("poll after that: got %d, want 400", status)
		}
	})
	t.Run("by a client that gives its poll up", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		ctx, cancel := context.WithCancel(context.Background())
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, h.url(sid), nil)
		done := make(chan error, 1)
		go func() {
			resp, err := h.http.Do(req)
			if err == nil {
				resp.Body.Close()
			}
			done <- err
		}()
		h.waitFor("a poll to be pending", func() bool {
			r.session.mu.Lock()
			defer r.session.mu.Unlock()
			return r.session.poll != nil
		})
		cancel()
		receive(t, done)
		wantReason(t, r, ReasonTransportError)
	})
}

func TestSendAfterTheEndFails(t *testing.T) {
	h := newHost(t, Options{})
	_, r := h.open()
	r.session.Close(ReasonForcedClose)
	if err := r.session.Send(NewText(nil)); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want %v", err, ErrClosed)
	}
	r.session.Close(ReasonForcedClose)
	wantReason(t, r, ReasonForcedClose)
	select {
	case reason := <-r.closed:
		t.Errorf("closed a second time: %q", reason)
	default:
	}
}

func TestBodyThatDoesNotArriveInTimeEndsTheSession(t *testing.T) {
	const request = " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n4a"
	tests := []struct {
		name string
		drip string
	}{
		{"it stops", ""},
		{"it drips in", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{BodyTimeout: 50 * time.Millisecond})
			sid, r := h.open()
			c := h.raw("POST /engine.io/?EIO=4&transport=polling&sid=" + sid + request)
			dripped := make(chan struct{})
			go func() {
				defer close(dripped)
				for len(r.closed) == 0 {
					if _, err := c.Write([]byte(tt.drip)); err != nil {
						return
					}
					time.Sleep(time.Millisecond)
				}
			}()
			<-dripped
			wantReason(t, r, ReasonTransportError)
			if got := c.status(); got != 400 {
				t.Errorf("got %d, want 400", got)
			}
		})
	}
}
