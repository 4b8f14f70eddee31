package engineio

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestEachPacketOfAPostIsLimitedAndNotTheirSum(t *testing.T) {
	full := "4" + strings.Repeat("x", 99)
	binary := "b" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("y", 100)))
	tests := []struct {
		name, body string
		want       int
		messages   []string
	}{
		{"the largest text", full, 200, []string{full[1:]}},
		{"one byte more", full + "x", 413, nil},
		{"the largest binary", binary, 200, []string{"b:" + strings.Repeat("y", 100)}},
		{"one byte more of binary", "b" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("y", 101))), 413, nil},
		{"much more", strings.Repeat("4x", 10_000), 413, nil},
		{
			"many of the largest", strings.Join([]string{full, binary, full, binary, full}, "\x1e"), 200,
			[]string{full[1:], "b:" + strings.Repeat("y", 100), full[1:], "b:" + strings.Repeat("y", 100), full[1:]},
		},
		{"a small one before", "4a\x1e" + full + "x", 413, []string{"a"}},
		{"a small one behind", full + "x\x1e4a", 413, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, chunked := range []bool{false, true} {
				h := newHost(t, Options{MaxPayload: 100})
				sid, r := h.open()
				var body io.Reader = strings.NewReader(tt.body)
				if chunked {
					body = struct{ io.Reader }{body} // hides the length
				}
				resp, err := h.http.Post(h.url(sid), "text/plain", body)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != tt.want {
					t.Errorf("got %d %q, want %d", resp.StatusCode, answer, tt.want)
				}
				if tt.want == http.StatusRequestEntityTooLarge {
					wantText(t, string(answer), `{"code":3,"message":"A packet must not be larger than 100 bytes"}`)
				}
				for _, want := range tt.messages {
					wantText(t, receive(t, r.messages), want)
				}
				if len(r.messages) != 0 {
					t.Errorf("one message too many: %q", <-r.messages)
				}
				if status, _ := h.post(sid, full); status != 200 {
					t.Errorf("the next post: got %d, want 200", status)
				}
			}
		})
	}
}

// told is a receiver that is notified of refusals.
type told struct {
	*recorder
	limits chan int64
}

func (r told) OnOversize(limit int64) { r.limits <- limit }

func TestReceiverIsNotifiedOfAnOversizePacket(t *testing.T) {
	h := newHost(t, Options{MaxPayload: 100})
	limits := make(chan int64, 1)
	h.accept = func(s *Session, _ *http.Request) Receiver {
		r := &recorder{session: s, messages: make(chan string, 1), closed: make(chan CloseReason, 1)}
		h.opened <- r
		return told{r, limits}
	}
	sid, _ := h.open()
	h.post(sid, strings.Repeat("4", 200))
	if got := receive(t, limits); got != 100 {
		t.Errorf("got %d, want 100", got)
	}
}

// endless is a body without an end.
type endless struct{ packet string }

func (e endless) Read(p []byte) (int, error) { return copy(p, e.packet), nil }

func TestEndlessPostHoldsOnePacketAndEndsWithItsSession(t *testing.T) {
	h := newHost(t, Options{MaxPayload: 100}, func(r *recorder) { r.messages = make(chan string) })
	sid, r := h.open()
	posted := make(chan error, 1)
	go func() {
		resp, err := h.http.Post(h.url(sid), "text/plain", endless{"4x\x1e"})
		if err == nil {
			resp.Body.Close()
		}
		posted <- err
	}()
	for range 10_000 {
		wantText(t, receive(t, r.messages), "x")
	}
	r.session.Close(ReasonForcedClose)
	for done := false; !done; {
		select {
		case <-r.messages: // already read
		case <-posted:
			done = true
		}
	}
	wantReason(t, r, ReasonForcedClose)
}
