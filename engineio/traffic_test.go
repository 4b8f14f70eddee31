package engineio

import "testing"

func TestTrafficIsCounted(t *testing.T) {
	traffic := &Traffic{}
	h := newHost(t, Options{Traffic: traffic})
	sid, _ := h.open()
	if got := h.Polling(); got != 1 {
		t.Errorf("got %d sessions that poll, want 1", got)
	}
	c := h.dial("")
	c.read()
	if got := h.Polling(); got != 1 {
		t.Errorf("got %d sessions that poll, want 1", got)
	}
	h.do("POST", h.url(sid), "4four")
	h.do("POST", h.url(sid), "1")
	h.waitFor("the second session to be counted", func() bool { // a moment after the client has its handshake
		return traffic.opened.Load() == 2
	})
	got := traffic.Take()
	if got.Opened != 2 || got.PacketsIn != 1 || got.BytesIn != 4 || got.Closed[ReasonTransportClose] != 1 {
		t.Errorf("got %+v", got)
	}
	s := (<-h.opened).session
	if err := s.Send(NewText([]byte("12345")), NewBinary([]byte("678"))); err != nil {
		t.Fatal(err)
	}
	got = traffic.Take()
	if got.PacketsOut != 2 || got.BytesOut != 8 || got.Opened != 0 || len(got.Closed) != 0 {
		t.Errorf("got %+v", got)
	}
}
