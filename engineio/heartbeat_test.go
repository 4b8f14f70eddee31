package engineio

import (
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// bare creates an open polling session without a network.
func bare(opts Options) (*Session, *recorder) {
	s := NewServer(opts, nil).newSession(randomID())
	r := &recorder{session: s, messages: make(chan string, 16), closed: make(chan CloseReason, 1)}
	s.receiver = r
	s.server.remember(s)
	s.open()
	return s, r
}

func (s *Session) queued() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.queue.appendPayload(nil, math.MaxInt))
}

func TestHeartbeatIsOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare(Options{})
		for range 3 {
			time.Sleep(25*time.Second - time.Millisecond)
			synctest.Wait()
			wantText(t, s.queued(), "")
			time.Sleep(time.Millisecond)
			synctest.Wait()
			wantText(t, s.queued(), "2")
			time.Sleep(20*time.Second - time.Millisecond)
			if err := s.onPacket(packet{typ: typePong}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(45*time.Second - time.Millisecond)
		synctest.Wait()
		if len(r.closed) != 0 {
			t.Fatal("closed too early")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestDelayOfAHeartbeatDoesNotDelayItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{}, nil)
		session := func() (*Session, *recorder) {
			s := server.newSession(randomID())
			r := &recorder{session: s, closed: make(chan CloseReason, 1)}
			s.receiver = r
			return s, r
		}
		punctual, punctualClosed := session()
		late, lateClosed := session()
		time.Sleep(5 * time.Second)
		punctual.onDeadline(pingDue, 5*time.Second)
		late.onDeadline(pingDue, 5*time.Second-maxLateness) // its timer fired late
		time.Sleep(20*time.Second - maxLateness - time.Millisecond)
		synctest.Wait()
		if len(lateClosed.closed) != 0 {
			t.Fatal("closed too early")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		wantReason(t, lateClosed, ReasonPingTimeout)
		if len(punctualClosed.closed) != 0 {
			t.Fatal("the other is closed too early")
		}
		time.Sleep(maxLateness)
		synctest.Wait()
		wantReason(t, punctualClosed, ReasonPingTimeout)
	})
}

func TestClientGetsItsFullTimeoutAfterTheProcessStoodStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare(Options{})
		s.server.deadlines.clear(&s.beat)
		time.Sleep(time.Minute)
		s.onDeadline(pingDue, 25*time.Second)
		time.Sleep(20*time.Second - time.Millisecond)
		synctest.Wait()
		if len(r.closed) != 0 {
			t.Fatal("closed too early")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestPollAfterTheTimeoutIsRefusedEvenIfTheTimerIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare(Options{})
		time.Sleep(25 * time.Second)
		synctest.Wait()
		s.server.deadlines.stop()
		time.Sleep(20 * time.Second)
		w := httptest.NewRecorder()
		s.servePoll(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if w.Code != http.StatusBadRequest {
			t.Errorf("got %d %q, want 400", w.Code, w.Body)
		}
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestAnyPacketPostponesTheTimeoutOnce(t *testing.T) {
	for name, p := range map[string]packet{
		"a message": {typ: typeMessage}, "a binary message": {typ: typeMessage, binary: true}, "a noop": {typ: typeNoop},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, r := bare(Options{})
				take := func(p packet) {
					t.Helper()
					if err := s.onPacket(p); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(24 * time.Second)
				take(p) // before the ping: changes nothing
				for range 2 {
					time.Sleep(time.Second)
					synctest.Wait() // pinged
					time.Sleep(19 * time.Second)
					take(p)
					time.Sleep(19 * time.Second)
					synctest.Wait()
					if len(r.closed) != 0 {
						t.Fatal("closed within the time-out of the packet")
					}
					take(packet{typ: typePong})
					time.Sleep(24 * time.Second)
				}
				time.Sleep(time.Second)
				synctest.Wait() // pinged, and never answered
				time.Sleep(10 * time.Second)
				take(p)
				time.Sleep(10 * time.Second)
				take(p)
				time.Sleep(10*time.Second - time.Millisecond)
				synctest.Wait()
				if len(r.closed) != 0 {
					t.Fatal("closed too early")
				}
				time.Sleep(time.Millisecond)
				synctest.Wait()
				wantReason(t, r, ReasonPingTimeout)
			})
		})
	}
}

func TestUnsolicitedPongChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare(Options{})
		time.Sleep(24 * time.Second)
		_ = s.onHeartbeat(typePong)
		time.Sleep(time.Second)
		synctest.Wait()
		wantText(t, s.queued(), "2")
		time.Sleep(20 * time.Second)
		synctest.Wait()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestHeartbeatsOfManySessionsShareOneTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := NewServer(Options{}, nil)
		var all []*recorder
		for range 100 {
			s := server.newSession(randomID())
			r := &recorder{session: s, closed: make(chan CloseReason, 1)}
			s.receiver = r
			server.remember(s)
			s.open()
			all = append(all, r)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(45*time.Second - 10*time.Millisecond*50) // 100 sessions began within one second
		synctest.Wait()
		for i, r := range all {
			if closed := len(r.closed) == 1; closed != (i <= 50) {
				t.Errorf("session %d: closed is %t", i, closed)
			}
		}
		time.Sleep(time.Second)
	})
}

func TestBlockingReceiverDoesNotTimeTheClientOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare(Options{})
		r.hold = make(chan struct{})
		go func() { _ = s.onPacket(packet{typ: typeMessage}) }()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(r.closed) != 0 {
			t.Fatal("closed while the receiver was busy")
		}
		close(r.hold)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestClosedPollingSessionIsForgottenIfNobodyPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare(Options{})
		s.Close(ReasonForcedClose)
		wantReason(t, r, ReasonForcedClose)
		time.Sleep(lingerTimeout)
		synctest.Wait()
		if got := s.server.Count(); got != 0 {
			t.Errorf("%d sessions are kept", got)
		}
	})
}

func TestHeartbeatOverBothTransports(t *testing.T) {
	opts := Options{PingInterval: 20 * time.Millisecond, PingTimeout: patience}
	t.Run("polling", func(t *testing.T) {
		h := newHost(t, opts)
		sid, _ := h.open()
		for range 3 {
			if _, body := h.poll(sid); body != "2" {
				t.Errorf("got %q, want a ping", body)
			}
			h.post(sid, "3")
		}
	})
	t.Run("websocket", func(t *testing.T) {
		h := newHost(t, opts)
		c, _ := h.openSocket()
		for range 3 {
			wantText(t, c.read(), "2")
			c.send("3")
		}
	})
}

func TestUnansweredHeartbeatClosesTheConnection(t *testing.T) {
	opts := Options{PingInterval: 20 * time.Millisecond, PingTimeout: 20 * time.Millisecond}
	t.Run("polling", func(t *testing.T) {
		h := newHost(t, opts)
		sid, r := h.open()
		wantReason(t, r, ReasonPingTimeout)
		if status, _ := h.post(sid, "3"); status != 400 {
			t.Errorf("got %d, want 400", status)
		}
	})
	t.Run("websocket", func(t *testing.T) {
		h := newHost(t, opts)
		c, r := h.openSocket()
		c.closeCode()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestTwoThousandAbandonedHandshakesAreForgotten(t *testing.T) {
	h := newHost(t, Options{PingInterval: 100 * time.Millisecond, PingTimeout: 100 * time.Millisecond})
	for range 2000 {
		if status, _ := h.poll(""); status != 200 {
			t.Fatalf("handshake: got %d", status)
		}
	}
	h.waitFor("the sessions to be forgotten", func() bool { return h.Count() == 0 })
}
