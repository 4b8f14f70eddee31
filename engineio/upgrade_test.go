package engineio

import (
	"bytes"
	"cmp"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestUpgrade(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	sid, r := h.open()
	c := h.dial(sid)
	c.send("2probe")
	wantText(t, c.read(), "3probe")
	if _, body := h.poll(sid); body != "6" {
		t.Errorf("a poll after the probe: got %q, want a noop at once", body)
	}
	c.send("5")
	c.send("4hello")
	wantText(t, c.read(), "4hello")
	wantText(t, r.session.Transport(), WebSocket)
	if status, _ := h.poll(sid); status != 400 {
		t.Errorf("a poll after the upgrade: got %d, want 400", status)
	}
	if status, _ := h.post(sid, "4x"); status != 400 {
		t.Errorf("a post after the upgrade: got %d, want 400", status)
	}
}

func TestProbeAnswersAPendingPollWithANoop(t *testing.T) {
	h := newHost(t, Options{})
	sid, _ := h.open()
	answer := h.pollLater(sid)
	c := h.dial(sid)
	c.send("2probe")
	wantText(t, c.read(), "3probe")
	wantText(t, receive(t, answer).body, "6")
}

func TestPacketsSentDuringAnUpgradeArriveOnce(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	c := h.dial(sid)
	c.send("2probe")
	wantText(t, c.read(), "3probe")
	send := func(text string) {
		if err := r.session.Send(NewText([]byte(text))); err != nil {
			t.Fatal(err)
		}
	}
	send("by poll")
	if _, body := h.poll(sid); body != "4by poll" {
		t.Errorf("got %q", body)
	}
	send("by socket")
	c.send("5")
	wantText(t, c.read(), "4by socket")
}

func TestWholeUpgradeInOneSegment(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	var frames bytes.Buffer
	for _, text := range []string{"2probe", "5", "4behind"} {
		if err := ws.WriteFrame(&frames, ws.MaskFrame(ws.NewTextFrame([]byte(text)))); err != nil {
			t.Fatal(err)
		}
	}
	c := h.raw("GET /engine.io/?EIO=4&transport=websocket&sid=" + sid + upgradeHeader + frames.String())
	if got := c.status(); got != 101 {
		t.Fatalf("got %d, want 101", got)
	}
	wantText(t, receive(t, r.messages), "behind")
}

func TestUpgradesThatFailLeaveThePollingSessionAlone(t *testing.T) {
	tests := []struct {
		name    string
		fail    func(c *socket)
		timeout time.Duration // unless it fails earlier
	}{
		{"reset before the probe", func(c *socket) { reset(c.t, c) }, 0},
		{"reset after the probe", func(c *socket) {
			c.send("2probe")
			wantText(c.t, c.read(), "3probe")
			reset(c.t, c)
		}, 0},
		{"a wrong probe", func(c *socket) { c.send("2prob"); c.closeCode() }, 0},
		{"an upgrade without a probe", func(c *socket) { c.send("5"); c.closeCode() }, 0},
		{"a message instead of a probe", func(c *socket) { c.send("4x"); c.closeCode() }, 0},
		{"a second probe", func(c *socket) { c.send("2probe"); c.send("2probe"); c.closeCode() }, 0},
		{"invalid UTF-8", func(c *socket) { c.send("\xff"); c.closeCode() }, 0},
		{"never finished", func(c *socket) { c.closeCode() }, 100 * time.Millisecond},
		{"never finished after the probe", func(c *socket) { c.send("2probe"); c.closeCode() }, 100 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{}, echoing)
			timeout := func(d time.Duration) {
				h.deadlines.mu.Lock()
				defer h.deadlines.mu.Unlock()
				h.deadlines.after[upgradeDue] = d
			}
			timeout(cmp.Or(tt.timeout, patience))
			sid, r := h.open()
			tt.fail(h.dial(sid))
			h.waitFor("the upgrade to be given up", func() bool {
				r.session.mu.Lock()
				defer r.session.mu.Unlock()
				return !r.session.upgrading()
			})
			timeout(patience)
			h.post(sid, "4still here")
			if _, body := h.poll(sid); body != "4still here" {
				t.Errorf("got %q", body)
			}
			c := h.dial(sid) // another attempt may succeed
			c.send("2probe")
			wantText(c.t, c.read(), "3probe")
		})
	}
}

func reset(t *testing.T, c *socket) {
	t.Helper()
	if err := c.Conn.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestSecondWebSocketOfASessionIsClosed(t *testing.T) {
	t.Run("during the upgrade", func(t *testing.T) {
		h := newHost(t, Options{}, echoing)
		sid, _ := h.open()
		first := h.dial(sid)
		first.send("2probe")
		wantText(t, first.read(), "3probe")
		h.dial(sid).closeCode()
		first.send("5")
		first.send("4on")
		wantText(t, first.read(), "4on")
	})
	t.Run("after the upgrade", func(t *testing.T) {
		h := newHost(t, Options{}, echoing)
		sid, r := h.open()
		first := h.dial(sid)
		first.send("2probe")
		wantText(t, first.read(), "3probe")
		first.send("5")
		h.waitFor("the upgrade", func() bool { return r.session.Transport() == WebSocket })
		h.dial(sid).closeCode()
		first.send("4on")
		wantText(t, first.read(), "4on")
	})
}

func TestClosingDuringAnUpgradeNotifiesTheClientOnTheTransportItReads(t *testing.T) {
	begin := func(t *testing.T) (*host, string, *recorder, *socket) {
		t.Helper()
		h := newHost(t, Options{})
		sid, r := h.open()
		c := h.dial(sid)
		c.send("2probe")
		wantText(t, c.read(), "3probe")
		if err := r.session.Send(NewText([]byte("last"))); err != nil {
			t.Fatal(err)
		}
		r.session.Close(ReasonForcedClose)
		wantReason(t, r, ReasonForcedClose)
		return h, sid, r, c
	}
	t.Run("to one that has stopped to poll", func(t *testing.T) {
		h, sid, _, c := begin(t)
		c.send("5")
		wantText(t, c.read(), "4last")
		if got := c.closeCode(); got != ws.StatusNormalClosure {
			t.Errorf("close code: got %d, want 1000", got)
		}
		if status, _ := h.poll(sid); status != 400 {
			t.Errorf("poll: got %d, want 400", status)
		}
	})
	t.Run("to one that has misused its polls", func(t *testing.T) {
		h := newHost(t, Options{})
		sid, r := h.open()
		c := h.dial(sid)
		c.send("2probe")
		wantText(t, c.read(), "3probe")
		r.session.mu.Lock()
		r.session.poll = make(chan struct{}, 1) // a poll that was woken and continues after the second one has been refused
		r.session.queue.push(NewText([]byte("last")))
		r.session.mu.Unlock()
		if status, _ := h.poll(sid); status != 400 {
			t.Errorf("second poll: got %d, want 400", status)
		}
		wantReason(t, r, ReasonTransportError)
		c.send("5")
		wantText(t, c.read(), "4last")
		if got := c.closeCode(); got != ws.StatusNormalClosure {
			t.Errorf("close code: got %d, want 1000", got)
		}
	})
	t.Run("to one that polls once more", func(t *testing.T) {
		h, sid, r, c := begin(t)
		for _, want := range []string{"4last", "1"} {
			_, body := h.poll(sid)
			wantText(t, body, want)
		}
		c.Close()
		h.waitFor("the upgrade to be given up", func() bool {
			r.session.mu.Lock()
			defer r.session.mu.Unlock()
			return r.session.probe == nil
		})
	})
}

func TestPollHandledBeforeTheUpgradeThatPrecededIt(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	c := h.dial(sid)
	answer := h.pollLater(sid)
	c.send("2probe")
	c.send("5")
	if got := receive(t, answer); got.status != 400 {
		t.Errorf("got %d %q, want 400", got.status, got.body)
	}
	wantText(t, c.read(), "3probe")
	wantText(t, r.session.Transport(), WebSocket)
}

func TestPollDuringAnUpgradeGetsWhatIsSentMeanwhile(t *testing.T) {
	h := newHost(t, Options{})
	sid, r := h.open()
	c := h.dial(sid)
	answer := h.pollLater(sid)
	c.send("2probe")
	wantText(t, c.read(), "3probe")
	if err := r.session.Send(NewText([]byte("now"))); err != nil {
		t.Fatal(err)
	}
	body := receive(t, answer).body
	if body == "6" { // it had waited long enough
		_, body = h.poll(sid)
	}
	wantText(t, body, "4now")
}
